/*
 * Detects that the computer is too slow for the media it receives, and limits requests
 * step by step; a step is taken back when the computer has had a low load for a while.
 *
 * Pure. Steps down are quick and steps up slow; the wait before a step up is doubled each
 * time one was too early, so that pictures do not change back and forth.
 */
import type { Figures } from './figures';

export interface Limit {
  /** Greatest height of a requested picture, in lines. */
  readonly height: number;
  /**
   * The same for a shared screen, which is reduced last because its text must stay
   * readable.
   */
  readonly content: number;
  /** Greatest number of tiles beside the stage. */
  readonly tiles: number;
}

const NO_LIMIT = 4320; // lines of the largest screen; 48 tiles are the protocol's most

/** From no limit down to a small stage alone. */
export const STEPS: readonly Limit[] = [
  { height: NO_LIMIT, content: NO_LIMIT, tiles: 48 },
  { height: 360, content: NO_LIMIT, tiles: 48 },
  { height: 180, content: NO_LIMIT, tiles: 48 },
  { height: 180, content: 540, tiles: 4 },
  { height: 180, content: 540, tiles: 0 },
];

const DROPPED_TOO_MANY = 0.1; // one frame in ten is visible as stutter
const DROPPED_FEW = 0.03;
const DECODING_TOO_LONG = 0.8; // of a decoder's time; the next hiccup drops frames
const DECODING_EASY = 0.5;
const WAITS_LONG_MS = 500; // frames that queue without loss: the decoder is too slow
const CLEAN_LOSS = 0.02; // above it, dropped frames may be caused by the link
const FEWEST_FRAMES = 5; // per second, of all pictures; shares of fewer mean nothing

/** Consecutive samples. Lower: the start of another program reduces pictures. */
const DOWN_AFTER = 3;
/** Samples with a low load. Lower: steps back and forth every few seconds. */
const UP_AFTER = 10;
const UP_AFTER_MOST = 120;

export type Load = 'strained' | 'easy' | 'between';

/**
 * The load of decoding and encoding; `askedMs` is the playout delay that we requested
 * ourselves.
 */
export function loadOf(figures: Figures, askedMs = 0): Load {
  const { received, sent, lossDown } = figures;
  const frames = received.reduce((sum, r) => sum + r.fps, 0);
  const shown = frames >= FEWEST_FRAMES ? received : [];
  const busiest = Math.max(0, ...received.map((r) => r.decoding));
  const dropped = Math.max(0, ...shown.map((r) => r.dropped));
  const waits = Math.max(0, ...shown.map((r) => r.waitMs));
  const clean = lossDown < CLEAN_LOSS;
  // Decoding less relieves the encoder only if something is decoded.
  const slowEncoder =
    received.length > 0 && sent.some((layer) => layer.limited === 'cpu');
  if (
    slowEncoder ||
    busiest > DECODING_TOO_LONG ||
    (clean && dropped > DROPPED_TOO_MANY) ||
    (clean && waits > WAITS_LONG_MS + askedMs && dropped > DROPPED_FEW)
  ) {
    return 'strained';
  }
  return busiest < DECODING_EASY && dropped < DROPPED_FEW ? 'easy' : 'between';
}

export class Strain {
  #step = 0;
  #strained = 0;
  #easy = 0;
  #upAfter = UP_AFTER;
  /**
   * Samples since the last step up; strain soon after it shows that it was too early.
   */
  #sinceUp = Number.POSITIVE_INFINITY;

  /** 0: not limited. */
  get step(): number {
    return this.#step;
  }

  get limit(): Limit {
    return STEPS[this.#step] ?? { height: 0, content: 0, tiles: 0 };
  }

  /** Takes a sample of about two seconds; true: the limit has changed. */
  take(load: Load): boolean {
    this.#sinceUp += 1;
    this.#strained = load === 'strained' ? this.#strained + 1 : 0;
    this.#easy = load === 'easy' ? this.#easy + 1 : 0;
    if (this.#strained >= DOWN_AFTER && this.#step < STEPS.length - 1) {
      if (this.#sinceUp <= this.#upAfter) {
        this.#upAfter = Math.min(UP_AFTER_MOST, this.#upAfter * 2);
      }
      return this.#move(1);
    }
    if (this.#easy >= this.#upAfter && this.#step > 0) {
      this.#sinceUp = 0;
      return this.#move(-1);
    }
    if (this.#step === 0 && this.#easy >= UP_AFTER_MOST) this.#upAfter = UP_AFTER;
    return false;
  }

  #move(by: 1 | -1): true {
    this.#step += by;
    this.#strained = 0;
    this.#easy = 0;
    return true;
  }
}
