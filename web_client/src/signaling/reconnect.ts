/*
 * Decides when the socket is opened, given up and opened again.
 *
 * Pure: computes the next phase from a signal and the time; `link.ts` owns the timers and
 * the socket. The wait grows from 0.3 s to 3 s, and attempts never end: when a server
 * comes back after an hour, its rooms continue without a click.
 */

export const FIRST_WAIT_MS = 300; // Lower: a restarting server is overloaded.
/**
 * Media arrives again, so the network works: attempts are spread over this time. Lower:
 * all clients of a large room reconnect at the same moment.
 */
export const HURRY_WITHIN_MS = 400;
/**
 * An attempt older than this began during the outage, and its first packets are lost.
 */
const STALE_MS = 500;
export const LONGEST_WAIT_MS = 3000; // Higher: people wait although the network is back.

export type Phase =
  | { name: 'idle' }
  | {
      name: 'connecting';
      attempt: number;
      lostAt: number | null;
      since: number;
      refusedBy: string | null;
    }
  | { name: 'online' }
  /**
   * `refusedBy`: code of the temporary refusal because of which it waits; null: none.
   */
  | {
      name: 'waiting';
      attempt: number;
      lostAt: number;
      retryAt: number;
      refusedBy: string | null;
    }
  | { name: 'refused'; code: string; message: string }
  | { name: 'closed' };

export type Signal =
  | { name: 'open' }
  | { name: 'connected' }
  | { name: 'lost' }
  | { name: 'refused'; code: string; message: string; passesInMs: number | null }
  | { name: 'retry' }
  | { name: 'net-returned' }
  | { name: 'hurry' }
  | { name: 'close' };

/** Milliseconds to wait before attempt `attempt` (counted from 1). */
export function waitBefore(attempt: number, chance: number): number {
  const step = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  // Up to a third less, so that the clients of a room do not all reconnect at once.
  return Math.round(step * (1 - chance / 3));
}

function hurried(chance: number): number {
  return Math.round(chance * HURRY_WITHIN_MS);
}

type Waiting = Extract<Phase, { name: 'waiting' }>;

function wait(
  phase: Phase,
  now: number,
  chance: number,
  atLeastMs = 0,
  refusedBy: string | null = null,
): Waiting {
  const attempt = phase.name === 'connecting' ? phase.attempt + 1 : 1;
  const lostAt = phase.name === 'connecting' ? (phase.lostAt ?? now) : now;
  const waitMs = Math.max(atLeastMs, waitBefore(attempt, chance));
  return { name: 'waiting', attempt, lostAt, retryAt: now + waitMs, refusedBy };
}

/**
 * The next phase.
 *
 * `chance`, a random number of 0…1, spreads the attempts; `now` is in milliseconds. A
 * signal that does not apply to the phase leaves it unchanged.
 */
export function advance(phase: Phase, signal: Signal, now: number, chance = 0): Phase {
  if (signal.name === 'close') return { name: 'closed' };
  switch (phase.name) {
    case 'idle':
    case 'closed':
    case 'refused':
      return signal.name === 'open'
        ? {
            name: 'connecting',
            attempt: 0,
            lostAt: null,
            since: now,
            refusedBy: null,
          }
        : phase;
    case 'connecting':
      if (signal.name === 'connected') return { name: 'online' };
      if (signal.name === 'lost') return wait(phase, now, chance);
      if (signal.name === 'hurry' && now - phase.since >= STALE_MS) {
        return { ...wait(phase, now, chance), retryAt: now + hurried(chance) };
      }
      if (signal.name === 'refused') {
        return signal.passesInMs !== null
          ? wait(phase, now, chance, signal.passesInMs, signal.code)
          : { name: 'refused', code: signal.code, message: signal.message };
      }
      return phase;
    case 'online':
      return signal.name === 'lost' ? wait(phase, now, chance) : phase;
    case 'waiting':
      if (signal.name === 'refused' && signal.passesInMs === null) {
        return { name: 'refused', code: signal.code, message: signal.message };
      }
      if (signal.name === 'retry' || signal.name === 'net-returned') {
        const { attempt, lostAt, refusedBy } = phase;
        return { name: 'connecting', attempt, lostAt, since: now, refusedBy };
      }
      if (signal.name === 'hurry') {
        return {
          ...phase,
          attempt: 1,
          retryAt: Math.min(phase.retryAt, now + hurried(chance)),
        };
      }
      return phase;
  }
}

/** Since when the connection is missing (ms), or null while it is there. */
export function missingSince(phase: Phase): number | null {
  return phase.name === 'waiting' || phase.name === 'connecting' ? phase.lostAt : null;
}

/** The temporary refusal because of which the connection is missing; null: none. */
export function refusedBy(phase: Phase): string | null {
  return phase.name === 'waiting' || phase.name === 'connecting'
    ? phase.refusedBy
    : null;
}
