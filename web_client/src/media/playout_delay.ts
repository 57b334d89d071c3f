/*
 * How long pictures wait before they are shown, so that what a long lossy way
 * swallowed can be asked for and sent again before its frame is due.
 *
 * Pure. A browser by itself shows a frame as soon as it can, and on a long way each
 * lost packet is a stop as long as the round trip. Waiting costs a little liveness
 * instead, less of it while one speaks oneself. The picture's sound is kept in step
 * by the browser; other voices do not wait.
 */

/** Loss from which pictures wait. Lower: everybody waits for a stop a minute. */
const LOSSY = 0.02;
/** Loss below which they wait no more. */
const CLEAN = 0.005;
/** Round trips that fit: one that asks and one more, should that be lost too. */
const TRIES = 2;
const TRIES_SPEAKING = 1;
/** For noticing the gap, jitter and decoding. Less: the repair is a frame too late. */
const SLACK_MS = 100;
/** More is felt worse than a picture that stops now and then. */
const MOST_MS = 800;
/** Samples of two seconds without loss until it ends; fewer: up and down with chance. */
const CALM_SAMPLES = 10;
/** A new wait must differ by so much: each change bends the picture's pace for a while. */
const STEP = 0.2;

export interface Way {
  /** Share of packets lost on the downlink, 0…1. */
  readonly loss: number;
  readonly rttMs: number | null;
  /** The user's microphone is on: delay would disturb a conversation. */
  readonly speaking: boolean;
}

export class PlayoutDelay {
  #calm = 0;
  #speaking = false;
  #waitMs: number | null = null;

  /** The present delay in ms; null: left to the browser. */
  get waitMs(): number | null {
    return this.#waitMs;
  }

  /** Takes a sample of about two seconds; true: the wait has changed. */
  take(way: Way): boolean {
    const before = this.#waitMs;
    this.#calm = way.loss < CLEAN ? this.#calm + 1 : 0;
    if (before === null && way.loss < LOSSY) return false;
    if (this.#calm >= CALM_SAMPLES) {
      this.#waitMs = null;
      return before !== null;
    }
    const tries = way.speaking ? TRIES_SPEAKING : TRIES;
    const due = Math.min(MOST_MS, tries * (way.rttMs ?? 0) + SLACK_MS);
    const turned = way.speaking !== this.#speaking;
    this.#speaking = way.speaking;
    if (before !== null && !turned && Math.abs(due - before) < STEP * before)
      return false;
    this.#waitMs = Math.round(due);
    return this.#waitMs !== before;
  }
}
