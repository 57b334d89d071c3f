/*
 * Detects a dead connection within three seconds.
 *
 * Pure. The server's own pings are five seconds apart, so silence is answered
 * with a question; no answer to it means the connection is gone. While media
 * flows there is no silence, and no question is asked.
 */

/** Silence before asking while media was flowing. Lower: jitter asks questions. */
export const SILENT_MS = 400;
/** Silence before asking in an idle room. Lower: more idle load on the server. */
export const IDLE_MS = 1500;
/** Time the question has. `IDLE_MS + TICK_MS + ANSWER_MS` is the promised 3 s. */
export const ANSWER_MS = 1000;
export const TICK_MS = 250;

const FLOWING_FOR_MS = 3000;

export class Watchdog {
  #heardAt: number;
  #bytes = -1;
  #flowedAt = Number.NEGATIVE_INFINITY;
  #asking = false;

  constructor(now: number) {
    this.#heardAt = now;
  }

  /** Data of the server arrived. `now` in milliseconds. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  /** Takes the byte count of the media connections; true: ask the server now. */
  tick(bytes: number, now: number): boolean {
    if (bytes !== this.#bytes) {
      if (this.#bytes >= 0 && bytes > this.#bytes) {
        this.#heardAt = now;
        this.#flowedAt = now;
      }
      this.#bytes = bytes;
    }
    const flowing = now - this.#flowedAt < FLOWING_FOR_MS;
    const limit = flowing ? SILENT_MS : IDLE_MS;
    if (this.#asking || now - this.#heardAt < limit) return false;
    this.#asking = true;
    return true;
  }

  /** Takes the answer to the probe, or its absence. True: the connection is lost. */
  answered(came: boolean, now: number): boolean {
    this.#asking = false;
    if (came) this.#heardAt = now;
    return !came;
  }

  /** A new connection. */
  restart(now: number): void {
    this.#heardAt = now;
    this.#bytes = -1;
    this.#asking = false;
  }
}
