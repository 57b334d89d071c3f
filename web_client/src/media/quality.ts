/*
 * How good the connection is, 0 (no media) to 4 (good), from getStats.
 *
 * Pure. Judged over the two seconds between two samples. Anything better than 1 can
 * only be made of a `Connected` sample: legs that are all connected and have answered.
 */
import { pairInUse, type Report } from './pair';

/** What all connections have counted so far. */
export interface Counters {
  readonly received: number;
  readonly lost: number;
  readonly freezes: number;
  /** Bytes and answers on all pairs; they distinguish a silent link from a dead one. */
  readonly bytes: number;
  /** Round trip in seconds; null: unknown. */
  readonly rtt: number | null;
}

/** The two peer connections of a seat. */
export type LegName = 'receive' | 'send';

/** Every leg that is expected is connected, and each has given its figures. */
export interface Connected extends Counters {
  readonly state: 'connected';
  /** Milliseconds. */
  readonly at: number;
  /** The server routes a voice or a camera to this viewer. */
  readonly expected: boolean;
}

/** A leg that is expected is not connected. */
export interface Down {
  readonly state: 'down';
  readonly at: number;
  readonly leg: LegName;
}

/** Unknown: a leg is being connected, or does not report figures. */
export interface Unmeasured {
  readonly state: 'unmeasured';
  readonly at: number;
}

export type Sample = Connected | Down | Unmeasured;

export type Level = 0 | 1 | 2 | 3 | 4;

/** Figures of legs that are connected and have received something. */
export interface Measured {
  readonly level: Exclude<Level, 0>;
  readonly trouble: null;
  /** Share of packets lost, 0…1. */
  readonly loss: number;
  readonly rttMs: number | null;
}

/** Nothing can be measured: the fault takes the place of figures. */
export type Trouble =
  | { readonly level: 0; readonly trouble: 'receive-down' | 'silent' }
  | { readonly level: 1; readonly trouble: 'send-down' };

export type Quality = Measured | Trouble;

/** Grade of one measure, 1…4: how many of the three limits it stays under. */
function grade(value: number, limits: readonly [number, number, number]): number {
  return 1 + limits.filter((limit) => value < limit).length;
}

const LOSS_LIMITS = [0.02, 0.06, 0.15] as const; // audio conceals about 5 % unheard
const RTT_LIMITS_MS = [150, 300, 600] as const; // ITU-T G.114: 150 ms one way is felt

function measured(before: Connected | null, after: Connected): Measured {
  const rttMs = after.rtt === null ? null : Math.round(after.rtt * 1000);
  // Counters of a new peer connection start again: no difference, no loss.
  const received = Math.max(0, after.received - (before?.received ?? after.received));
  const lost = Math.max(0, after.lost - (before?.lost ?? after.lost));
  const frozen = Math.max(0, after.freezes - (before?.freezes ?? after.freezes));
  const total = received + lost;
  const loss = total === 0 ? 0 : lost / total;
  const worst = Math.min(
    grade(loss, LOSS_LIMITS),
    rttMs === null ? 4 : grade(rttMs, RTT_LIMITS_MS),
    frozen > 1 ? 2 : 4,
  );
  return { level: worst as Measured['level'], trouble: null, loss, rttMs };
}

/**
 * Samples without a packet, though something is expected, until it is said. One: a
 * pause between two people; a silent microphone alone sends twice a second.
 */
const SILENT_SAMPLES = 2;

/** Judges one sample after the other, about two seconds apart. */
export class Judge {
  #before: Connected | null = null;
  #silent = 0;

  /** The verdict on what went on since the last sample; null: nothing is known. */
  take(after: Sample): Quality | null {
    const before = this.#before;
    this.#before = after.state === 'connected' ? after : null;
    if (after.state === 'unmeasured') return null;
    if (after.state === 'down') {
      this.#silent = 0;
      return after.leg === 'receive'
        ? { level: 0, trouble: 'receive-down' }
        : { level: 1, trouble: 'send-down' };
    }
    const expected = after.expected && (before?.expected ?? false);
    const nothing = expected && after.received === before?.received;
    this.#silent = nothing ? this.#silent + 1 : 0;
    if (this.#silent >= SILENT_SAMPLES) return { level: 0, trouble: 'silent' };
    return measured(before, after);
  }
}

interface StatsEntry {
  type: string;
  packetsReceived?: number;
  packetsLost?: number;
  freezeCount?: number;
  bytesReceived?: number;
  responsesReceived?: number;
}

/** Adds up one or more reports: a viewer has one peer connection, a presenter two. */
export function count(reports: readonly Report[]): Counters {
  let received = 0;
  let lost = 0;
  let freezes = 0;
  let bytes = 0;
  let rtt: number | null = null;
  for (const report of reports) {
    report.forEach((raw) => {
      const entry = raw as StatsEntry;
      if (entry.type === 'inbound-rtp') {
        received += entry.packetsReceived ?? 0;
        lost += Math.max(0, entry.packetsLost ?? 0);
        freezes += entry.freezeCount ?? 0;
      }
      // In any state: Chromium takes a pair out of `succeeded` during each check.
      if (entry.type === 'candidate-pair') {
        bytes += (entry.bytesReceived ?? 0) + (entry.responsesReceived ?? 0);
      }
    });
    const trip = pairInUse(report)?.rtt;
    if (trip !== undefined) rtt = Math.max(rtt ?? 0, trip);
  }
  return { received, lost, freezes, bytes, rtt };
}

const REPORT_EVERY_MS = 5000; // the server's rate for it

/** Reports a level when it changed, and not more often than allowed. Pure. */
export class Reporter {
  #last: Level | null = null;
  #at = Number.NEGATIVE_INFINITY;

  due(level: Level, now: number): boolean {
    if (level === this.#last || now - this.#at < REPORT_EVERY_MS) return false;
    this.#last = level;
    this.#at = now;
    return true;
  }

  /** The server forgot: a new connection. */
  forget(): void {
    this.#last = null;
  }
}
