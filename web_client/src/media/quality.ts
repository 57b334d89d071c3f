/*
 * How good the connection is, 0 (no media) to 4 (good), from getStats.
 *
 * Pure but for `sample`. Judged over the two seconds between two samples.
 */
import { pairInUse, type Report } from './pair';

export interface Sample {
  readonly at: number;
  readonly received: number;
  readonly lost: number;
  readonly freezes: number;
  /** Bytes and answers on all pairs; what tells a silent link from a dead one. */
  readonly bytes: number;
  /** Round trip in seconds; null: unknown. */
  readonly rtt: number | null;
  readonly connected: boolean;
}

export type Level = 0 | 1 | 2 | 3 | 4;

export interface Quality {
  readonly level: Level;
  /** Share of packets lost, 0…1. */
  readonly loss: number;
  readonly rttMs: number | null;
}

/** Grade of one measure, 1…4: how many of the three limits it stays under. */
function grade(value: number, limits: readonly [number, number, number]): number {
  return 1 + limits.filter((limit) => value < limit).length;
}

const LOSS_LIMITS = [0.02, 0.06, 0.15] as const; // audio conceals about 5 % unheard
const RTT_LIMITS_MS = [150, 300, 600] as const; // ITU-T G.114: 150 ms one way is felt

export function judge(before: Sample | null, after: Sample): Quality {
  const rttMs = after.rtt === null ? null : Math.round(after.rtt * 1000);
  if (!after.connected) return { level: 0, loss: 0, rttMs };
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
  return { level: worst as Level, loss, rttMs };
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
export function sample(
  reports: readonly Report[],
  connected: boolean,
  at: number,
): Sample {
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
  return { at, received, lost, freezes, bytes, rtt, connected };
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
