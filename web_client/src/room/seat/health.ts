/*
 * Watches the connections of a seat: quality for people, silence for the socket,
 * and the pulse of each peer connection, which is mended when it stops.
 *
 * Nothing here waits for a connection that does not answer: one that was closed with a
 * question open never does, and the others must be watched on.
 */
import { signal } from '@preact/signals';
import { countersOf, Questions, sampleOf, Stand, type Seen } from '../../media/legs';
import { beatOf, Pulse, type Answering } from '../../media/recovery';
import {
  count,
  Judge,
  Reporter,
  type Counters,
  type LegName,
  type Quality,
  type Sample,
} from '../../media/quality';
import type { Mendable } from '../../media/restart';
import { CodedError } from '../../signaling/errors';
import type { Link } from '../../signaling/link';
import { ANSWER_MS, TICK_MS, Watchdog } from '../../signaling/watchdog';

const JUDGE_EVERY_MS = 2000;
/** Between checks when media that arrived has stopped. Lower: more useless work. */
const DOUBT_MS = 120;
/** An answer should be there by then, and a round trip and a half. */
const UNANSWERED_MS = 300;
/** An answer this recent says that the server is there. */
const ANSWER_HOLDS_MS = 3000;

export interface Leg {
  readonly name: LegName;
  readonly mendable: Mendable | null;
}

export interface Connections {
  /** Both legs, whether they are there or not. */
  readonly legs: () => readonly Leg[];
  /** Given the statistics of all legs, at the pace of `TICK_MS`; null: not all are known. */
  readonly sampled: (reports: RTCStatsReport[] | null, at: number) => void;
  /** Whether the server routes a voice or a camera to this viewer now. */
  readonly expected: () => boolean;
  /** Sends the server a request without effect; throws when there is no answer. */
  readonly ask: (withinMs: number) => Promise<unknown>;
}

export class Health {
  /** Null: unknown at present. */
  readonly quality = signal<Quality | null>(null);
  readonly #link: Link;
  readonly #connections: Connections;
  readonly #watchdog = new Watchdog(performance.now());
  readonly #reporter = new Reporter();
  readonly #judge = new Judge();
  readonly #questions = new Questions();
  readonly #stands: Readonly<Record<LegName, Stand>> = {
    receive: new Stand(),
    send: new Stand(),
  };
  readonly #pulses = new WeakMap<RTCPeerConnection, Pulse>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stopListening: () => void;
  #counters: Counters = count([]);
  #judgedAt = performance.now();
  #sampledAt = Number.NEGATIVE_INFINITY;
  #closed = false;
  /** When the pending request was sent; null: none is pending. */
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

  /** Checks once; true: media that arrived before has stopped. */
  async #look(): Promise<boolean> {
    const legs = this.#connections.legs().map(({ name, mendable }) => ({
      name,
      mendable,
      pc: mendable?.pc ?? null,
    }));
    const reports = await Promise.all(
      legs.map(({ pc }) => (pc ? this.#questions.ask(pc) : null)),
    );
    if (this.#closed) return false;
    const now = performance.now();
    const seen = legs.map(({ name, pc }, index): Seen => {
      const state = pc?.connectionState ?? null;
      const standing = this.#stands[name].look(name, state, now);
      return { name, standing, report: reports[index] ?? null };
    });
    this.#counters = countersOf(seen, this.#counters);
    const expected = this.#connections.expected();
    const taken = sampleOf(seen, this.#counters, expected, now);
    this.#pass(seen, taken, now);
    this.#grade(taken, now);
    const answering = this.#answering(now);
    let doubt = false;
    for (const [index, { mendable, pc }] of legs.entries()) {
      const report = reports[index] ?? null;
      if (mendable && pc)
        doubt = this.#feel(mendable, pc, report, answering, now) || doubt;
    }
    // Not awaited: the next samples go on while the question is out.
    const online = this.#link.phase.value.name === 'online';
    if (online && this.#watchdog.tick(this.#counters.bytes, now)) void this.#ask();
    return doubt;
  }

  /** Hands on the figures: all of them, or none. */
  #pass(seen: readonly Seen[], taken: Sample, now: number): void {
    if (now - this.#sampledAt < DOUBT_MS * 2) return;
    this.#sampledAt = now;
    const reports = seen.flatMap(({ report }) => (report ? [report] : []));
    this.#connections.sampled(taken.state === 'connected' ? reports : null, now);
  }

  /** Mends one connection if it needs it; true: it is in doubt. */
  #feel(
    leg: Mendable,
    pc: RTCPeerConnection,
    report: RTCStatsReport | null,
    answering: Answering,
    now: number,
  ): boolean {
    let pulse = this.#pulses.get(pc);
    if (!pulse) this.#pulses.set(pc, (pulse = new Pulse(now)));
    // Without figures its states alone speak: enough to see that it has failed.
    const beat = beatOf(pc, report ?? new Map<string, never>());
    if (report !== null && pulse.hear(beat, now)) this.#link.hurry();
    const remedy = pulse.remedy(beat, answering, now);
    if (remedy === 'restart') void leg.restart();
    else if (remedy === 'replace') leg.replace();
    return pulse.silent(now);
  }

  #answering(now: number): Answering {
    if (this.#link.phase.value.name !== 'online') return 'no';
    const patienceMs = UNANSWERED_MS + 1500 * (this.#counters.rtt ?? 0);
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

  #grade(taken: Sample, now: number): void {
    if (now - this.#judgedAt < JUDGE_EVERY_MS) return;
    this.#judgedAt = now;
    const quality = this.#judge.take(taken);
    this.quality.value = quality;
    // If others send nothing, this viewer's link is not at fault.
    if (quality === null || quality.trouble === 'silent') return;
    if (this.#reporter.due(quality.level, now)) {
      this.#link.tell('quality.report', { level: quality.level });
    }
  }
}
