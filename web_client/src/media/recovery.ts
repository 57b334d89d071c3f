/*
 * Decides when a peer connection needs an ICE restart, or has to be replaced.
 *
 * Pure. A broken route carries nothing, and neither does one over which nobody sends.
 * The socket distinguishes them: while the server answers there, missing media means
 * nothing until connectivity checks go unanswered too. Otherwise every viewer in a large
 * room would restart ICE whenever its only presenter stops sending.
 */
import { pairInUse, type Report } from './pair';

/**
 * How long a steady flow must have stopped before a route is suspected. Lower: bursts
 * of loss cause restarts.
 */
export const SILENT_MS = 500;
/**
 * Unanswered connectivity checks without media: one lost check does not prove an
 * outage.
 */
const MISSED_CHECKS = 2;
/** A flow that lasted this long is steady: when it stops, that may be an outage. */
const STEADY_MS = 1000;
/** A pause this long ends a flow; connectivity checks alone come less often. */
const PAUSE_MS = 600;
/**
 * Time between two restarts, by the number of restarts since the server last began to
 * answer. Lower: more processor time. The first entry applies between a restart during
 * the outage and one when the server answers again: the checks of a newer one are still
 * under way.
 */
const AGAIN_MS = [500, 2000, 4000] as const;
/**
 * The same while the server does not answer, by the number of restarts in this outage.
 * After a restart a browser checks at growing intervals (Firefox at 0.1, 0.3, 0.7, 1.5
 * and 3.1 s): restarted each second, it finds a working route within half a second.
 */
const OUTAGE_AGAIN_MS = [1000, 1000, 1000, 1000, 1000, 1000, 2000, 4000, 8000] as const;
/**
 * Least time between two restarts in round trips: a restart discards pending checks.
 */
const TRIPS = 2;
/**
 * A server that has answered for this long in total while no restart succeeded has lost
 * the peer connection. Lower: connections that would have recovered are replaced, since
 * the socket is often back before the media route. A total, because a single late answer
 * would otherwise start the time again.
 */
export const REPLACE_MS = 4000;

export type Remedy = 'restart' | 'replace';
/** Whether the server answers over the socket. */
export type Answering = 'yes' | 'no' | 'unknown';

/** What shows whether a peer connection is alive, at one moment. */
export interface Liveness {
  /** Bytes and answers received, by candidate pair. */
  readonly heard: ReadonlyMap<string, number>;
  /** The pair in use; empty while there is none. */
  readonly selected: string;
  /** Checks over it without an answer, since it exists. */
  readonly unanswered: number;
  /** Its round trip; null: not known. */
  readonly rttMs: number | null;
  /** ICE itself reports that the route is interrupted or has failed. */
  readonly failing: boolean;
  /** DTLS has ended: no other route can help. */
  readonly dead: boolean;
}

/** The restarts of one outage. */
interface Outage {
  restartedAt: number;
  /** Restarts while the server did not answer. */
  restartsUnanswered: number;
  /** Restarts since the server last began to answer. */
  restartsAnswered: number;
  /** How long the server has answered, in total. */
  answeredMs: number;
  /** Whether it answered at the last check. */
  answered: boolean;
  checkedAt: number;
}

/** Adds the time since the last check. */
function update(outage: Outage, answers: boolean, now: number): void {
  if (answers) outage.answeredMs += now - outage.checkedAt;
  if (answers && !outage.answered) outage.restartsAnswered = 0;
  outage.answered = answers;
  outage.checkedAt = now;
}

/** From the last restart to the next one. */
function pauseMs(outage: Outage, tripMs: number): number {
  const pauses = outage.answered ? AGAIN_MS : OUTAGE_AGAIN_MS;
  const done = outage.answered ? outage.restartsAnswered : outage.restartsUnanswered;
  const pause = pauses[Math.min(done, pauses.length - 1)] ?? 0;
  // On longer round trips the connection is replaced before the next restart.
  return Math.max(pause, Math.min(TRIPS * tripMs, REPLACE_MS));
}

export class Recovery {
  #heard: ReadonlyMap<string, number> = new Map();
  #heardAt: number;
  #flowingSince: number;
  #selected = '';
  #unanswered = 0;
  /** Null: no outage is known. */
  #outage: Outage | null = null;
  /**
   * The shortest round trip of pair `#tripOver`: a repeated check reports a longer one.
   */
  #tripMs = 0;
  #tripOver = '';

  constructor(now: number) {
    this.#heardAt = now;
    this.#flowingSince = now;
  }

  /** Whether media is expected now and does not arrive. */
  silent(now: number): boolean {
    const steady = this.#heardAt - this.#flowingSince >= STEADY_MS;
    return steady && now - this.#heardAt > 0;
  }

  /** Takes a sample; true: media arrives again after `SILENT_MS` or more. */
  observe(liveness: Liveness, now: number): boolean {
    let grown = false;
    for (const [pair, value] of liveness.heard) {
      grown ||= value > (this.#heard.get(pair) ?? 0);
    }
    this.#heard = liveness.heard;
    this.#measure(liveness);
    if (grown || liveness.selected !== this.#selected) {
      this.#selected = liveness.selected;
      this.#unanswered = liveness.unanswered;
    }
    if (!grown) return false;
    const pause = now - this.#heardAt;
    if (pause > PAUSE_MS) this.#flowingSince = now;
    this.#heardAt = now;
    this.#outage = null;
    return pause >= SILENT_MS;
  }

  /** The action due now, if any. */
  remedy(liveness: Liveness, answering: Answering, now: number): Remedy | null {
    const answers = answering !== 'no';
    const outage = this.#outage;
    if (outage) update(outage, answers, now);
    if (liveness.dead) return answers ? 'replace' : null;
    const steady = this.#heardAt - this.#flowingSince >= STEADY_MS;
    const silent = steady && now - this.#heardAt >= SILENT_MS;
    const missed = liveness.unanswered - this.#unanswered >= MISSED_CHECKS;
    const failing = liveness.failing || (missed && now - this.#heardAt >= SILENT_MS);
    if (!failing && !(silent && (!answers || outage))) return null;
    if (outage) {
      if (answers && outage.answeredMs >= REPLACE_MS) {
        this.#outage = null;
        return 'replace';
      }
      if (now - outage.restartedAt < pauseMs(outage, this.#tripMs)) return null;
    }
    this.#outage = {
      answeredMs: 0,
      ...outage,
      answered: answers,
      checkedAt: now,
      restartedAt: now,
      restartsUnanswered: (outage?.restartsUnanswered ?? 0) + (answers ? 0 : 1),
      restartsAnswered: (outage?.restartsAnswered ?? 0) + (answers ? 1 : 0),
    };
    return 'restart';
  }

  #measure({ rttMs, selected }: Liveness): void {
    if (!rttMs) return;
    this.#tripMs = selected === this.#tripOver ? Math.min(this.#tripMs, rttMs) : rttMs;
    this.#tripOver = selected;
  }
}

interface StatsEntry {
  type: string;
  id: string;
  bytesReceived?: number;
  requestsSent?: number;
  responsesReceived?: number;
}

/** Reads the liveness of a peer connection from its states and statistics. */
export function livenessOf(pc: RTCPeerConnection, report: Report): Liveness {
  const heard = new Map<string, number>();
  const unanswered = new Map<string, number>();
  const used = pairInUse(report);
  const selected = used?.id ?? '';
  report.forEach((raw) => {
    const entry = raw as StatsEntry;
    if (entry.type !== 'candidate-pair') return;
    const { bytesReceived = 0, requestsSent = 0, responsesReceived = 0 } = entry;
    heard.set(entry.id, bytesReceived + responsesReceived);
    unanswered.set(entry.id, requestsSent - responsesReceived);
  });
  const ice = pc.iceConnectionState;
  const [end] = [...pc.getReceivers(), ...pc.getSenders()];
  const dtls = end?.transport?.state;
  return {
    heard,
    selected,
    unanswered: unanswered.get(selected) ?? 0,
    rttMs: used?.rtt === undefined ? null : used.rtt * 1000,
    failing: ice === 'disconnected' || ice === 'failed',
    dead: dtls === 'failed' || dtls === 'closed',
  };
}
