/*
 * The playout delay of pictures: on a link with loss and a long round trip, lost packets
 * can be requested and sent again before their frame is due.
 *
 * Pure. By default a browser shows a frame as soon as it can, and each lost packet stops
 * the picture for a round trip. A delay avoids these stops; it is shorter while the user
 * speaks. The browser keeps the sound of a picture in sync; other voices are not delayed.
 */

/**
 * Loss from which pictures are delayed. Lower: everybody has a delay to avoid one stop
 * a minute.
 */
const LOSSY = 0.02;
/** Loss below which the delay ends. */
const CLEAN = 0.005;
/**
 * Round trips that the delay covers: one for a resend, and one more if that is lost
 * too.
 */
const TRIES = 2;
const TRIES_SPEAKING = 1;
/**
 * For detecting the gap, jitter and decoding. Lower: resent packets arrive a frame too
 * late.
 */
const SLACK_MS = 100;
/** Higher: the delay disturbs more than a picture that stops now and then. */
const MOST_MS = 800;
/**
 * Samples of two seconds without loss until it ends. Fewer: it changes back and forth
 * at random.
 */
const CALM_SAMPLES = 10;
/** Least relative change: each one makes the picture faster or slower for a while. */
const STEP = 0.2;

export interface LinkSample {
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

  /** The current delay in ms; null: the browser decides. */
  get waitMs(): number | null {
    return this.#waitMs;
  }

  /** Takes a sample of about two seconds; true: the delay has changed. */
  take(sample: LinkSample): boolean {
    const before = this.#waitMs;
    this.#calm = sample.loss < CLEAN ? this.#calm + 1 : 0;
    if (before === null && sample.loss < LOSSY) return false;
    if (this.#calm >= CALM_SAMPLES) {
      this.#waitMs = null;
      return before !== null;
    }
    const tries = sample.speaking ? TRIES_SPEAKING : TRIES;
    const due = Math.min(MOST_MS, tries * (sample.rttMs ?? 0) + SLACK_MS);
    const turned = sample.speaking !== this.#speaking;
    this.#speaking = sample.speaking;
    if (before !== null && !turned && Math.abs(due - before) < STEP * before)
      return false;
    this.#waitMs = Math.round(due);
    return this.#waitMs !== before;
  }
}
