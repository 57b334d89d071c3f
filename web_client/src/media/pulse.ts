/*
 * Decides when a peer connection needs another path, or a successor.
 *
 * Pure. A path that is dead says nothing; so does one over which nobody sends.
 * The socket tells them apart: while the server answers there, silence of the media
 * alone means nothing until checks go unanswered too. Else everybody in a hall would
 * look for another path whenever its only presenter falls silent.
 */
import { pairInUse } from './pair';

/** Silence after a steady flow before a path is doubted. Lower: bursts of loss restart. */
export const SILENT_MS = 500;
/** Checks without an answer, in silence: a path that lost one alone is not dead. */
const MISSED_CHECKS = 2;
/** A flow this long is steady: from then on silence means something. */
const STEADY_MS = 1000;
/** A pause this long ends a flow; checks alone come more seldom. */
const PAUSE_MS = 600;
/** From a restart to the next one, each time longer. Lower: costs the processor. */
const AGAIN_MS = [2000, 4000, 8000] as const;
/**
 * The same while the server does not answer either. After a restart a browser checks
 * ever more seldom (Firefox at 0.1, 0.3, 0.7, 1.5 and 3.1 s): begun again each second,
 * it finds a line that is back within half of one.
 */
const DARK_AGAIN_MS = [1000, 1000, 1000, 1000, 1000, ...AGAIN_MS] as const;
/**
 * A server that answers for so long but heals no path has lost the connection. The
 * socket is often back before the path: sooner, two connections in place of one.
 */
export const REPLACE_MS = 4000;

export type Remedy = 'restart' | 'replace';
/** Whether the server answers over the socket. */
export type Answering = 'yes' | 'no' | 'unknown';

export interface Beat {
  /** Bytes and answers received, by candidate pair. */
  readonly heard: ReadonlyMap<string, number>;
  /** The pair in use; empty while there is none. */
  readonly selected: string;
  /** Checks without an answer over it, since its beginning. */
  readonly unanswered: number;
  /** ICE itself has given the path up for now. */
  readonly failing: boolean;
  /** DTLS has ended: no path can mend that. */
  readonly dead: boolean;
}

export class Pulse {
  #heard: ReadonlyMap<string, number> = new Map();
  #heardAt: number;
  #flowingSince: number;
  #selected = '';
  #unanswered = 0;
  #restarts = 0;
  #firstRestartAt = 0;
  /** When the server last did not answer. */
  #unansweredAt = 0;
  #restartedAt = 0;

  constructor(now: number) {
    this.#heardAt = now;
    this.#flowingSince = now;
  }

  /** Whether something should come now and does not. */
  silent(now: number): boolean {
    const steady = this.#heardAt - this.#flowingSince >= STEADY_MS;
    return steady && now - this.#heardAt > 0;
  }

  /** Takes what was received; true: a silence of `SILENT_MS` or more is over. */
  hear(beat: Beat, now: number): boolean {
    let grown = false;
    for (const [pair, value] of beat.heard) {
      grown ||= value > (this.#heard.get(pair) ?? 0);
    }
    this.#heard = beat.heard;
    if (grown || beat.selected !== this.#selected) {
      this.#selected = beat.selected;
      this.#unanswered = beat.unanswered;
    }
    if (!grown) return false;
    const pause = now - this.#heardAt;
    if (pause > PAUSE_MS) this.#flowingSince = now;
    this.#heardAt = now;
    this.#restarts = 0;
    return pause >= SILENT_MS;
  }

  /** What to do now, if anything. */
  remedy(beat: Beat, answering: Answering, now: number): Remedy | null {
    if (answering === 'no') this.#unansweredAt = now;
    if (beat.dead) return answering === 'no' ? null : 'replace';
    const steady = this.#heardAt - this.#flowingSince >= STEADY_MS;
    const silent = steady && now - this.#heardAt >= SILENT_MS;
    const missed = beat.unanswered - this.#unanswered >= MISSED_CHECKS;
    const failing = beat.failing || (missed && now - this.#heardAt >= SILENT_MS);
    if (!failing && !(silent && (answering === 'no' || this.#restarts > 0))) {
      return null;
    }
    if (this.#restarts === 0) this.#firstRestartAt = now;
    else {
      const again = answering === 'no' ? DARK_AGAIN_MS : AGAIN_MS;
      const step = Math.min(this.#restarts, again.length) - 1;
      const since = Math.max(this.#firstRestartAt, this.#unansweredAt);
      if (now - since >= REPLACE_MS) {
        this.#restarts = 0;
        return 'replace';
      }
      if (now - this.#restartedAt < (again[step] ?? 0)) return null;
    }
    this.#restarts += 1;
    this.#restartedAt = now;
    return 'restart';
  }
}

interface StatsEntry {
  type: string;
  id: string;
  bytesReceived?: number;
  requestsSent?: number;
  responsesReceived?: number;
}

/** Reads a beat from a connection and its statistics. */
export function beatOf(pc: RTCPeerConnection, report: RTCStatsReport): Beat {
  const heard = new Map<string, number>();
  const unanswered = new Map<string, number>();
  const selected = pairInUse(report)?.id ?? '';
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
    failing: ice === 'disconnected' || ice === 'failed',
    dead: dtls === 'failed' || dtls === 'closed',
  };
}
