/*
 * Decides when a peer connection needs another path, or a successor.
 *
 * Pure. A dead route is silent; so is one over which nobody sends.
 * The socket tells them apart: while the server answers there, silence of the media
 * alone means nothing until checks go unanswered too. Else everybody in a hall would
 * look for another route whenever its only presenter falls silent.
 */
import { pairInUse, type Report } from './pair';

/** Silence after a steady flow before a path is doubted. Lower: bursts of loss restart. */
export const SILENT_MS = 500;
/** Checks without an answer, in silence: one lost check does not prove a dead route. */
const MISSED_CHECKS = 2;
/** A flow this long is steady: silence after it may be an outage. */
const STEADY_MS = 1000;
/** A pause this long ends a flow; checks alone come more seldom. */
const PAUSE_MS = 600;
/**
 * From a restart to the next one, by how many there were since the server last began
 * to answer. Lower: costs the processor. The first: from one that was made in the dark
 * to one at the server's return; newer than that, its checks are under way.
 */
const AGAIN_MS = [500, 2000, 4000] as const;
/**
 * The same while it does not answer, by the number of restarts in this outage. After a
 * restart a browser checks ever more seldom (Firefox at 0.1, 0.3, 0.7, 1.5 and 3.1 s):
 * begun again each second, it finds a line that is back within half of one.
 */
const DARK_AGAIN_MS = [1000, 1000, 1000, 1000, 1000, 1000, 2000, 4000, 8000] as const;
/** Round trips from a restart to the next: it throws away what is under way. */
const TRIPS = 2;
/**
 * A server that answers for so long, all in all, but heals no path has lost the
 * connection. The socket is often back before the path: sooner, two connections in
 * place of one. Added up, as a single late answer would begin it anew.
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
  /** Round trip over it; null: not known. */
  readonly rttMs: number | null;
  /** ICE itself has given the path up for now. */
  readonly failing: boolean;
  /** DTLS has ended: no path can mend that. */
  readonly dead: boolean;
}

/** The restarts of one silence. */
interface Search {
  restartedAt: number;
  /** Restarts while the server did not answer. */
  dark: number;
  /** Restarts since the server last began to answer. */
  bright: number;
  /** How long it answered, in all. */
  answeredMs: number;
  /** Whether it did at the last check. */
  answered: boolean;
  lookedAt: number;
}

/** Takes the changes since the last check. */
function follow(search: Search, answers: boolean, now: number): void {
  if (answers) search.answeredMs += now - search.lookedAt;
  if (answers && !search.answered) search.bright = 0;
  search.answered = answers;
  search.lookedAt = now;
}

/** From the last restart to the next one. */
function pauseMs(search: Search, tripMs: number): number {
  const pauses = search.answered ? AGAIN_MS : DARK_AGAIN_MS;
  const done = search.answered ? search.bright : search.dark;
  const pause = pauses[Math.min(done, pauses.length - 1)] ?? 0;
  // Where a trip takes longer yet, a successor comes first.
  return Math.max(pause, Math.min(TRIPS * tripMs, REPLACE_MS));
}

export class Pulse {
  #heard: ReadonlyMap<string, number> = new Map();
  #heardAt: number;
  #flowingSince: number;
  #selected = '';
  #unanswered = 0;
  /** Null: no other path is looked for. */
  #search: Search | null = null;
  /** The shortest over `#tripOver`: a check that was repeated tells a longer one. */
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

  /** Takes what was received; true: a silence of `SILENT_MS` or more is over. */
  hear(beat: Beat, now: number): boolean {
    let grown = false;
    for (const [pair, value] of beat.heard) {
      grown ||= value > (this.#heard.get(pair) ?? 0);
    }
    this.#heard = beat.heard;
    this.#measure(beat);
    if (grown || beat.selected !== this.#selected) {
      this.#selected = beat.selected;
      this.#unanswered = beat.unanswered;
    }
    if (!grown) return false;
    const pause = now - this.#heardAt;
    if (pause > PAUSE_MS) this.#flowingSince = now;
    this.#heardAt = now;
    this.#search = null;
    return pause >= SILENT_MS;
  }

  /** The action due now, if any. */
  remedy(beat: Beat, answering: Answering, now: number): Remedy | null {
    const answers = answering !== 'no';
    const search = this.#search;
    if (search) follow(search, answers, now);
    if (beat.dead) return answers ? 'replace' : null;
    const steady = this.#heardAt - this.#flowingSince >= STEADY_MS;
    const silent = steady && now - this.#heardAt >= SILENT_MS;
    const missed = beat.unanswered - this.#unanswered >= MISSED_CHECKS;
    const failing = beat.failing || (missed && now - this.#heardAt >= SILENT_MS);
    if (!failing && !(silent && (!answers || search))) return null;
    if (search) {
      if (answers && search.answeredMs >= REPLACE_MS) {
        this.#search = null;
        return 'replace';
      }
      if (now - search.restartedAt < pauseMs(search, this.#tripMs)) return null;
    }
    this.#search = {
      answeredMs: 0,
      ...search,
      answered: answers,
      lookedAt: now,
      restartedAt: now,
      dark: (search?.dark ?? 0) + (answers ? 0 : 1),
      bright: (search?.bright ?? 0) + (answers ? 1 : 0),
    };
    return 'restart';
  }

  #measure({ rttMs, selected }: Beat): void {
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

/** Reads a beat from a connection and its statistics. */
export function beatOf(pc: RTCPeerConnection, report: Report): Beat {
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
