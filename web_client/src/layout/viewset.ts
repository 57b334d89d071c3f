/* The `view.set` request for the present layout. */
import type { ViewSet } from '../protocol';
import type { Limit } from '../media/strain';
import type { Receive } from '../state/settings';
import type { Arrangement } from './arrange';

const MOST_TILES = 48; // the protocol's limit
const MOST_LINES = 4320; // likewise
/**
 * Factor for a shared screen: letters blur when they are scaled up and stay sharp when
 * scaled down, so more lines are requested than the picture fills. Higher: phones get the
 * full size, which they cannot show.
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
  /** False while the tab is hidden: no picture is needed. */
  readonly visible: boolean;
}

/**
 * The request for what the server should send.
 *
 * The participant on the stage is sent in the stage's slots, wherever its tile is, and the
 * user's own picture is not sent at all, so neither is listed. Audio is always sent.
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
  // In the grid the participant on the stage is a tile, perhaps on another page.
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

/**
 * Limits the rate of updates: the first after a pause is sent at once, later ones wait
 * and only the last is sent.
 */
export class Pace {
  readonly #everyMs: number;
  #at = Number.NEGATIVE_INFINITY;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Milliseconds until the next update may be sent; 0: now, and it counts as sent. */
  due(now: number): number {
    const wait = this.#at + this.#everyMs - now;
    if (wait > 0) return wait;
    this.#at = now;
    return 0;
  }
}
