/*
 * Watches the connections of a seat: quality for people, silence for the socket,
 * and the pulse of each peer connection, which is mended when it stops.
 */
import { signal } from '@preact/signals';
import { beatOf, Pulse, type Answering } from '../media/pulse';
import { judge, Reporter, sample, type Quality, type Sample } from '../media/quality';
import type { Mendable } from '../media/restart';
import { CodedError } from '../signaling/errors';
import type { Link } from '../signaling/link';
import { ANSWER_MS, TICK_MS, Watchdog } from '../signaling/watchdog';

const JUDGE_EVERY_MS = 2000;
/** Between looks when something that flowed has stopped. Lower: more work for nothing. */
const DOUBT_MS = 120;
/** An answer should be there by then, and a round trip and a half. */
const UNANSWERED_MS = 300;
/** An answer this recent says that the server is there. */
const ANSWER_HOLDS_MS = 3000;
const CONNECTING_MS = 6000; // till then "no media yet" is no bad quality

export interface Connections {
  readonly legs: () => readonly Mendable[];
  /** Given the statistics, at the pace of `TICK_MS`. */
  readonly sampled: (reports: RTCStatsReport[], at: number) => void;
  readonly connected: () => boolean;
  /** Asks the server something that changes nothing; throws when it is silent. */
  readonly ask: (withinMs: number) => Promise<unknown>;
}

export class Health {
  readonly quality = signal<Quality | null>(null);
  readonly #link: Link;
  readonly #connections: Connections;
  readonly #watchdog = new Watchdog(performance.now());
  readonly #reporter = new Reporter();
  readonly #pulses = new WeakMap<RTCPeerConnection, Pulse>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stopListening: () => void;
  readonly #startedAt = performance.now();
  #judged: Sample | null = null;
  #wasConnected = false;
  #sampledAt = Number.NEGATIVE_INFINITY;
  #closed = false;
  /** When the open question was asked; null: none is. */
  #askedAt: number | null = null;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(link: Link, connections: Connections) {
    this.#link = link;
    this.#connections = connections;
    this.#stopListening = link.onEvent(() => this.#watchdog.heard(performance.now()));
    this.#plan(TICK_MS);
  }

  cameBack(): void {
    this.#watchdog.restart(performance.now());
    this.#reporter.forget();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stopListening();
  }

  #plan(afterMs: number): void {
    this.#timer = setTimeout(() => void this.#tick(), afterMs);
  }

  async #tick(): Promise<void> {
    let doubt = false;
    try {
      doubt = await this.#look();
    } finally {
      if (!this.#closed) this.#plan(doubt ? DOUBT_MS : TICK_MS);
    }
  }

  /** Looks once; true: something that flowed has stopped. */
  async #look(): Promise<boolean> {
    const legs = this.#connections
      .legs()
      .flatMap((leg) => (leg.pc ? [{ leg, pc: leg.pc }] : []));
    const reports = await Promise.all(legs.map(({ pc }) => pc.getStats()));
    if (this.#closed) return false;
    const now = performance.now();
    const taken = sample(reports, this.#connections.connected(), now);
    if (now - this.#sampledAt >= DOUBT_MS * 2) {
      this.#sampledAt = now;
      this.#connections.sampled(reports, now);
    }
    this.#judge(taken);
    const answering = this.#answering(taken, now);
    let doubt = false;
    for (const [index, { leg, pc }] of legs.entries()) {
      const report = reports[index];
      if (report) doubt = this.#feel(leg, pc, report, answering, now) || doubt;
    }
    // Not awaited: the next samples go on while the question is out.
    const online = this.#link.phase.value.name === 'online';
    if (online && this.#watchdog.tick(taken.bytes, now)) void this.#ask();
    return doubt;
  }

  /** Mends one connection if it needs it; true: it is in doubt. */
  #feel(
    leg: Mendable,
    pc: RTCPeerConnection,
    report: RTCStatsReport,
    answering: Answering,
    now: number,
  ): boolean {
    let pulse = this.#pulses.get(pc);
    if (!pulse) this.#pulses.set(pc, (pulse = new Pulse(now)));
    const beat = beatOf(pc, report);
    if (pulse.hear(beat, now)) this.#link.hurry();
    const remedy = pulse.remedy(beat, answering, now);
    if (remedy === 'restart') void leg.restart();
    else if (remedy === 'replace') leg.replace();
    return pulse.silent(now);
  }

  #answering(taken: Sample, now: number): Answering {
    if (this.#link.phase.value.name !== 'online') return 'no';
    const patienceMs = UNANSWERED_MS + 1500 * (taken.rtt ?? 0);
    if (this.#askedAt !== null && now - this.#askedAt >= patienceMs) return 'no';
    return now - this.#answeredAt < ANSWER_HOLDS_MS ? 'yes' : 'unknown';
  }

  async #ask(): Promise<void> {
    let came = true;
    this.#askedAt = performance.now();
    try {
      await this.#connections.ask(ANSWER_MS);
    } catch (error) {
      came = error instanceof CodedError; // a refusal is an answer
    }
    const now = performance.now();
    this.#askedAt = null;
    if (came) this.#answeredAt = now;
    if (this.#watchdog.answered(came, now)) this.#link.suspect();
  }

  #judge(taken: Sample): void {
    if (this.#judged !== null && taken.at - this.#judged.at < JUDGE_EVERY_MS) return;
    this.#wasConnected ||= taken.connected;
    if (!this.#wasConnected && taken.at - this.#startedAt < CONNECTING_MS) return;
    const quality = judge(this.#judged, taken);
    this.#judged = taken;
    this.quality.value = quality;
    if (this.#reporter.due(quality.level, taken.at)) {
      this.#link.tell('quality.report', { level: quality.level });
    }
  }
}
