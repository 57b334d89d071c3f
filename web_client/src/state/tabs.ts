/*
 * Which tab of this browser is in a room.
 *
 * A tab that is inside holds a lock named after its invitation or room and answers, over
 * a channel of the same name, with its seat. Another tab with the same link asks the user
 * before it takes that seat or a second one. Without locks or channels nobody is asked:
 * the newer tab takes the seat, as in the protocol.
 */

import { within } from '../deadline';

const PREFIX = 'pavilion.seat.';
/**
 * Time for the other tab to answer. Lower: a busy tab is taken for closed; higher: a
 * reload waits longer, because its old page may hold the lock for a moment.
 */
const ANSWER_MS = 400;

type Message = { ask: true } | { seat: string };

function isMessage(data: unknown): data is Message {
  return typeof data === 'object' && data !== null && ('ask' in data || 'seat' in data);
}

function channel(key: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(PREFIX + key);
  } catch {
    return null; // storage is disabled, or the browser has none
  }
}

async function locked(key: string): Promise<boolean> {
  try {
    const { held } = await within(ANSWER_MS, navigator.locks.query());
    return held?.some((lock) => lock.name === PREFIX + key) ?? false;
  } catch {
    return false;
  }
}

/**
 * The seat that another tab of this browser holds with the same link; null: none.
 *
 * A tab that has a seat of its own asks only about that seat: other tabs may be other
 * people with the same link.
 */
export async function seatElsewhere(
  key: string,
  own: string | null,
): Promise<string | null> {
  if (!(await locked(key))) return null;
  const asking = channel(key);
  if (!asking) return null;
  return new Promise((resolve) => {
    const end = (seat: string | null): void => {
      clearTimeout(timer);
      asking.close();
      resolve(seat);
    };
    const timer = setTimeout(() => end(null), ANSWER_MS);
    asking.onmessage = ({ data }: MessageEvent<unknown>): void => {
      if (!isMessage(data) || !('seat' in data)) return;
      if (own === null || data.seat === own) end(data.seat);
    };
    asking.postMessage({ ask: true } satisfies Message);
  });
}

/** Announces, while held, that this tab is in the room. */
export class SeatTab {
  readonly #key: string;
  #seat: string | null = null;
  #answering: BroadcastChannel | null = null;
  #letGo: (() => void) | null = null;

  constructor(key: string) {
    this.#key = key;
  }

  /** Holds the seat for this tab until it is released. */
  hold(seat: string): void {
    this.#seat = seat;
    if (this.#answering) return;
    this.#answering = channel(this.#key);
    if (!this.#answering) return;
    this.#answering.onmessage = ({ data }: MessageEvent<unknown>): void => {
      if (!isMessage(data) || !('ask' in data) || this.#seat === null) return;
      this.#answering?.postMessage({ seat: this.#seat } satisfies Message);
    };
    const done = new Promise<void>((resolve) => {
      this.#letGo = resolve;
    });
    // Shared: a tab that has just lost its seat must not keep this one waiting.
    const held = navigator.locks?.request(
      PREFIX + this.#key,
      { mode: 'shared' },
      () => done,
    );
    held?.catch(() => undefined);
  }

  release(): void {
    this.#seat = null;
    this.#answering?.close();
    this.#answering = null;
    this.#letGo?.();
    this.#letGo = null;
  }
}
