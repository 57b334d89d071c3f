/*
 * Whether the peer connections of a seat are connected, and their counters.
 *
 * A leg is judged by its own state and by figures that it gave: one that does not
 * answer is unknown, never good.
 */
import {
  count,
  type Connected,
  type Counters,
  type LegName,
  type Sample,
} from './quality';
import { within } from '../deadline';

/** Till then a leg that never was connected is not yet a bad one. */
const CONNECTING_MS = 6000;
/** For the figures of one leg. Lower: a busy computer looks blind; higher: it is blind so long. */
const FIGURES_WITHIN_MS = 2000;

export type Standing = 'absent' | 'connecting' | 'connected' | 'down';

/** Follows the state of one leg, over all connections that take each other's place. */
export class Stand {
  #since: number | null = null;
  #wasConnected = false;

  /** `state` is that of the present connection; null: there is none. */
  look(leg: LegName, state: RTCPeerConnectionState | null, now: number): Standing {
    // A seat that sends nothing has no publish leg; every seat has the subscribe leg.
    if (leg === 'send' && (state === null || state === 'new')) {
      this.#since = null;
      this.#wasConnected = false;
      return 'absent';
    }
    this.#since ??= now;
    if (state === 'connected') {
      this.#wasConnected = true;
      return 'connected';
    }
    const waits = !this.#wasConnected && now - this.#since < CONNECTING_MS;
    return waits ? 'connecting' : 'down';
  }
}

/** One leg at one moment. */
export interface Seen {
  readonly name: LegName;
  readonly standing: Standing;
  /** Null: it gave no figures. */
  readonly report: RTCStatsReport | null;
}

/** All legs in one sample. Pure; a fault of the subscribe leg takes precedence. */
export function sampleOf(
  seen: readonly Seen[],
  counters: Counters,
  expected: boolean,
  at: number,
): Sample {
  for (const leg of ['receive', 'send'] as const) {
    if (seen.some((s) => s.name === leg && s.standing === 'down')) {
      return { state: 'down', leg, at };
    }
  }
  const present = seen.filter((s) => s.standing !== 'absent');
  const known =
    present.length > 0 &&
    present.every((s) => s.standing === 'connected' && s.report !== null);
  if (!known) return { state: 'unmeasured', at };
  const connected: Connected = { state: 'connected', at, expected, ...counters };
  return connected;
}

/** Adds up what the legs counted; `last` stands in for those without figures. */
export function countersOf(seen: readonly Seen[], last: Counters): Counters {
  const reports = seen.flatMap((s) => (s.report ? [s.report] : []));
  const whole = seen.every((s) => s.standing === 'absent' || s.report !== null);
  return whole ? count(reports) : last;
}

/** Asks connections for their figures, without waiting for those that never answer. */
export class Questions {
  readonly #open = new WeakSet<RTCPeerConnection>();

  /** The figures; null: there are none in time, or the last question is still open. */
  async ask(pc: RTCPeerConnection): Promise<RTCStatsReport | null> {
    if (this.#open.has(pc)) return null;
    this.#open.add(pc);
    const asked = pc.getStats().finally(() => this.#open.delete(pc));
    try {
      return await within(FIGURES_WITHIN_MS, asked);
    } catch {
      return null; // closed meanwhile, or too busy to answer
    }
  }
}
