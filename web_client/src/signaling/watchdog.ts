/*
 * Detects a dead connection within three seconds.
 *
 * Pure. The server's own pings are five seconds apart, so after some time without data a
 * request is sent as a probe; without an answer the connection is lost. While media flows
 * no probe is needed.
 */

/**
 * Time without data before a probe while media was flowing. Lower: jitter causes
 * probes.
 */
export const SILENT_MS = 400;
/** The same in an idle room. Lower: more load on an idle server. */
export const IDLE_MS = 1500;
/** Time for the answer. `IDLE_MS + TICK_MS + ANSWER_MS` is the promised 3 s. */
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

  /** Data from the server arrived. `now` in milliseconds. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  /** Takes the byte count of the media connections; true: send a probe now. */
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

  /** Starts again for a new connection. */
  restart(now: number): void {
    this.#heardAt = now;
    this.#bytes = -1;
    this.#asking = false;
  }
}
