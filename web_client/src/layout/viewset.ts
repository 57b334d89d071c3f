/* The `view.set` request for the present layout. */
import type { ViewSet } from '../protocol';
import type { Limit } from '../media/strain';
import type { Receive } from '../state/settings';
import type { Arrangement } from './arrange';

const MOST_TILES = 48; // the protocol's limit
const MOST_LINES = 4320; // likewise
/**
 * Letters blur when they are scaled up a little, and stay sharp when scaled down: of
 * a shared screen more lines are worth having than it fills. Higher: full size for
 * phones too, which cannot show it.
 */
const TEXT_LINES = 1.5;

/** Heights of pictures on the screen, in device pixels. */
export interface Measured {
  readonly stage: number;
  readonly content: number;
  /** By participant; a participant who is missing is not on the screen. */
  readonly tiles: ReadonlyMap<string, number>;
}

export interface Wishes {
  readonly receive: Receive;
  /** The load that the computer can decode. */
  readonly limit: Limit;
  /** False while the tab is hidden: no picture is worth sending. */
  readonly visible: boolean;
}

/**
 * The request for what the server should send.
 *
 * The participant on the stage comes by the stage slots, wherever its tile is, and
 * oneself not at all, so neither is listed. Sound comes in any case.
 */
export function viewSet(
  arrangement: Arrangement,
  measured: Measured,
  wishes: Wishes,
  self: string,
): ViewSet {
  const { receive, limit, visible } = wishes;
  const shown = visible && receive !== 'audio';
  const { stage } = arrangement;
  // In the grid there is no stage but a tile, and perhaps on another page.
  const onStage =
    arrangement.mode === 'grid'
      ? (measured.tiles.get(stage ?? '') ?? 0)
      : measured.stage;
  const content = Math.min(MOST_LINES, Math.round(measured.content * TEXT_LINES));
  const tiles = [...measured.tiles]
    .filter(([id]) => id !== self && id !== stage)
    .slice(0, Math.min(limit.tiles, MOST_TILES))
    .map(([participant, height]) => ({
      participant,
      max_height: Math.min(height, limit.height),
    }));
  return {
    stage: arrangement.ownStage,
    tiles: shown ? tiles : [],
    stage_height: shown && stage !== self ? Math.min(onStage, limit.height) : 0,
    content_height: shown ? Math.min(content, limit.content) : 0,
    receive,
  };
}

export function sameView(a: ViewSet | null, b: ViewSet): boolean {
  return (
    a !== null &&
    (a.stage ?? null) === (b.stage ?? null) &&
    a.stage_height === b.stage_height &&
    a.content_height === b.content_height &&
    a.receive === b.receive &&
    a.tiles.length === b.tiles.length &&
    a.tiles.every(
      (tile, i) =>
        tile.participant === b.tiles[i]?.participant &&
        tile.max_height === b.tiles[i]?.max_height,
    )
  );
}

/** Spaces out what may change often: at once after a pause, else the last one later. */
export class Pace {
  readonly #everyMs: number;
  #at = Number.NEGATIVE_INFINITY;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Milliseconds until it may be done; 0: now, and it counts as done. */
  due(now: number): number {
    const wait = this.#at + this.#everyMs - now;
    if (wait > 0) return wait;
    this.#at = now;
    return 0;
  }
}
