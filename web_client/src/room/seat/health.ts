/*
 * Monitors the connections of a seat: the quality that people see, whether the socket is
 * alive, and the recovery of each peer connection after an outage.
 *
 * Nothing here waits for a peer connection that does not answer: one that was closed with
 * a request pending never answers, and the others must still be monitored.
 */
import { signal } from '@preact/signals';
import {
  countersOf,
  StatsRequests,
  sampleOf,
  LegTracker,
  type LegSample,
} from '../../media/legs';
import { livenessOf, Recovery, type Answering } from '../../media/recovery';
import {
  count,
  Judge,
  Reporter,
  type Counters,
  type LegName,
  type Quality,
  type Sample,
} from '../../media/quality';
import type { Recoverable } from '../../media/restart';
import { CodedError } from '../../signaling/errors';
import type { Link } from '../../signaling/link';
import { ANSWER_MS, TICK_MS, Watchdog } from '../../signaling/watchdog';

const JUDGE_EVERY_MS = 2000;
/**
 * Between two checks while media that used to arrive has stopped. Lower: more useless
 * work.
 */
const DOUBT_MS = 120;
/** An answer is late after this time plus one and a half round trips. */
const UNANSWERED_MS = 300;
/** How long an answer proves that the server can be reached. */
const ANSWER_HOLDS_MS = 3000;

export interface Leg {
  readonly name: LegName;
  readonly connection: Recoverable | null;
}

export interface Connections {
  /** Both legs, whether they exist or not. */
  readonly legs: () => readonly Leg[];
  /**
   * Called about every `TICK_MS` with the statistics of all legs; null: not all are
   * known.
   */
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
  readonly #statsRequests = new StatsRequests();
  readonly #trackers: Readonly<Record<LegName, LegTracker>> = {
    receive: new LegTracker(),
    send: new LegTracker(),
  };
  readonly #recoveries = new WeakMap<RTCPeerConnection, Recovery>();
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
    const legs = this.#connections.legs().map(({ name, connection }) => ({
      name,
      connection,
      pc: connection?.pc ?? null,
    }));
    const reports = await Promise.all(
      legs.map(({ pc }) => (pc ? this.#statsRequests.ask(pc) : null)),
    );
    if (this.#closed) return false;
    const now = performance.now();
    const seen = legs.map(({ name, pc }, index): LegSample => {
      const pcState = pc?.connectionState ?? null;
      const state = this.#trackers[name].observe(name, pcState, now);
      return { name, state, report: reports[index] ?? null };
    });
    this.#counters = countersOf(seen, this.#counters);
    const expected = this.#connections.expected();
    const taken = sampleOf(seen, this.#counters, expected, now);
    this.#pass(seen, taken, now);
    this.#grade(taken, now);
    const answering = this.#answering(now);
    let doubt = false;
    for (const [index, { connection, pc }] of legs.entries()) {
      const report = reports[index] ?? null;
      if (connection && pc)
        doubt = this.#recover(connection, pc, report, answering, now) || doubt;
    }
    // Not awaited: sampling continues while the request is pending.
    const online = this.#link.phase.value.name === 'online';
    if (online && this.#watchdog.tick(this.#counters.bytes, now)) void this.#ask();
    return doubt;
  }

  /** Passes on the statistics of all legs, or null when one is missing. */
  #pass(seen: readonly LegSample[], taken: Sample, now: number): void {
    if (now - this.#sampledAt < DOUBT_MS * 2) return;
    this.#sampledAt = now;
    const reports = seen.flatMap(({ report }) => (report ? [report] : []));
    this.#connections.sampled(taken.state === 'connected' ? reports : null, now);
  }

  /**
   * Restarts or replaces one connection if needed; true: media that used to arrive has
   * stopped.
   */
  #recover(
    leg: Recoverable,
    pc: RTCPeerConnection,
    report: RTCStatsReport | null,
    answering: Answering,
    now: number,
  ): boolean {
    let recovery = this.#recoveries.get(pc);
    if (!recovery) this.#recoveries.set(pc, (recovery = new Recovery(now)));
    // Without statistics only its states are known, which suffice to see a failure.
    const liveness = livenessOf(pc, report ?? new Map<string, never>());
    if (report !== null && recovery.observe(liveness, now)) this.#link.hurry();
    const remedy = recovery.remedy(liveness, answering, now);
    if (remedy === 'restart') void leg.restart();
    else if (remedy === 'replace') leg.replace();
    return recovery.silent(now);
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
    // If the others send nothing, this viewer's link is not the cause.
    if (quality === null || quality.trouble === 'silent') return;
    if (this.#reporter.due(quality.level, now)) {
      this.#link.report('quality.report', { level: quality.level });
    }
  }
}
