/*
 * The quality of the connection, 0 (no media) to 4 (good), from getStats.
 *
 * Pure. Rated over the two seconds between two samples. A level above 1 needs a
 * `Connected` sample: all legs are connected and have given their statistics.
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

/** Every expected leg is connected and has given its statistics. */
export interface Connected extends Counters {
  readonly state: 'connected';
  /** Milliseconds. */
  readonly at: number;
  /** The server routes a voice or a camera to this viewer. */
  readonly expected: boolean;
}

/** An expected leg is not connected. */
export interface Down {
  readonly state: 'down';
  readonly at: number;
  readonly leg: LegName;
}

/** Unknown: a leg is being connected, or gave no statistics. */
export interface Unmeasured {
  readonly state: 'unmeasured';
  readonly at: number;
}

export type Sample = Connected | Down | Unmeasured;

export type Level = 0 | 1 | 2 | 3 | 4;

/** The rating of connected legs. */
export interface Measured {
  readonly level: Exclude<Level, 0>;
  readonly trouble: null;
  /** Share of packets lost, 0…1. */
  readonly loss: number;
  readonly rttMs: number | null;
}

/** A fault that makes measuring impossible. */
export type Trouble =
  | { readonly level: 0; readonly trouble: 'receive-down' | 'silent' }
  | { readonly level: 1; readonly trouble: 'send-down' };

export type Quality = Measured | Trouble;

/**
 * Grade of one measure, 1…4: one more for each of the three limits that it stays under.
 */
function grade(value: number, limits: readonly [number, number, number]): number {
  return 1 + limits.filter((limit) => value < limit).length;
}

const LOSS_LIMITS = [0.02, 0.06, 0.15] as const; // audio conceals about 5 % inaudibly
const RTT_LIMITS_MS = [150, 300, 600] as const; // ITU-T G.114: 150 ms one way is noticed

function measured(before: Connected | null, after: Connected): Measured {
  const rttMs = after.rtt === null ? null : Math.round(after.rtt * 1000);
  // Counters of a new peer connection start again: that is neither progress nor loss.
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
 * Consecutive samples without a packet, although media is expected, until that is a fault.
 * One: the pause between two speakers would be one. A silent microphone still sends twice
 * a second.
 */
const SILENT_SAMPLES = 2;

/** Rates samples that are about two seconds apart. */
export class Judge {
  #before: Connected | null = null;
  #silent = 0;

  /** The quality since the previous sample; null: unknown. */
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

/**
 * Adds up the reports of one or two peer connections: a viewer has one, a presenter
 * two.
 */
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
      // In any state: in Chromium a pair leaves `succeeded` during each check.
      if (entry.type === 'candidate-pair') {
        bytes += (entry.bytesReceived ?? 0) + (entry.responsesReceived ?? 0);
      }
    });
    const trip = pairInUse(report)?.rtt;
    if (trip !== undefined) rtt = Math.max(rtt ?? 0, trip);
  }
  return { received, lost, freezes, bytes, rtt };
}

const REPORT_EVERY_MS = 5000; // the server's rate limit for it

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

  /** To be called for a new connection, of which the server knows no level. */
  forget(): void {
    this.#last = null;
  }
}
