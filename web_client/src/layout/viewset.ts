/* The `view.set` request that belongs to what is on the screen. */
import type { ViewSet } from '../protocol';
import type { Arrangement } from './arrange';

const MOST_TILES = 48; // the protocol's limit

export interface Screen {
  /** The participants of the tiles on this page. */
  readonly shown: readonly string[];
  /** Height of those tiles in device pixels. */
  readonly height: number;
  /** False while the tab is hidden: nothing is worth sending. */
  readonly visible: boolean;
}

/**
 * What the server should send.
 *
 * The participant on the stage comes by the stage slots and oneself not at all,
 * so neither is listed.
 */
export function viewSet(
  arrangement: Arrangement,
  screen: Screen,
  self: string,
): ViewSet {
  const tiles = screen.visible
    ? screen.shown
        .filter((id) => id !== self && id !== arrangement.stage)
        .slice(0, MOST_TILES)
        .map((participant) => ({ participant, max_height: screen.height }))
    : [];
  return { stage: arrangement.ownStage, tiles };
}

export function sameView(a: ViewSet | null, b: ViewSet): boolean {
  return (
    a !== null &&
    (a.stage ?? null) === (b.stage ?? null) &&
    a.tiles.length === b.tiles.length &&
    a.tiles.every(
      (tile, i) =>
        tile.participant === b.tiles[i]?.participant &&
        tile.max_height === b.tiles[i]?.max_height,
    )
  );
}
