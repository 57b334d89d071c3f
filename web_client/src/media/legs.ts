/*
 * Whether the peer connections of a seat are connected, and their counters.
 *
 * A leg is judged by its own state and by its own statistics: the quality of one that
 * does not answer is unknown, never good.
 */
import {
  count,
  type Connected,
  type Counters,
  type LegName,
  type Sample,
} from './quality';
import { within } from '../deadline';

/** How long the first connection of a leg may take before the leg counts as down. */
const CONNECTING_MS = 6000;
/**
 * How long to wait for the statistics of one leg. Lower: a busy computer seems to have
 * none; higher: nothing is known for that long.
 */
const FIGURES_WITHIN_MS = 2000;

export type LegState = 'absent' | 'connecting' | 'connected' | 'down';

/** Tracks the state of one leg across the peer connections that replace each other. */
export class LegTracker {
  #since: number | null = null;
  #wasConnected = false;

  /** `state` is that of the current peer connection; null: there is none. */
  observe(leg: LegName, state: RTCPeerConnectionState | null, now: number): LegState {
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
export interface LegSample {
  readonly name: LegName;
  readonly state: LegState;
  /** Null: it gave no statistics. */
  readonly report: RTCStatsReport | null;
}

/** All legs in one sample. Pure; a fault of the subscribe leg takes precedence. */
export function sampleOf(
  seen: readonly LegSample[],
  counters: Counters,
  expected: boolean,
  at: number,
): Sample {
  for (const leg of ['receive', 'send'] as const) {
    if (seen.some((s) => s.name === leg && s.state === 'down')) {
      return { state: 'down', leg, at };
    }
  }
  const present = seen.filter((s) => s.state !== 'absent');
  const known =
    present.length > 0 &&
    present.every((s) => s.state === 'connected' && s.report !== null);
  if (!known) return { state: 'unmeasured', at };
  const connected: Connected = { state: 'connected', at, expected, ...counters };
  return connected;
}

/**
 * Adds up the counters of all legs; the result is `last` when one leg gave no
 * statistics.
 */
export function countersOf(seen: readonly LegSample[], last: Counters): Counters {
  const reports = seen.flatMap((s) => (s.report ? [s.report] : []));
  const whole = seen.every((s) => s.state === 'absent' || s.report !== null);
  return whole ? count(reports) : last;
}

/**
 * Requests statistics from peer connections, without waiting for those that never
 * answer.
 */
export class StatsRequests {
  readonly #open = new WeakSet<RTCPeerConnection>();

  /** The statistics; null: none in time, or the previous request is still pending. */
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
