/* Watches the connections of a seat: quality for people, silence for the socket. */
import { signal } from '@preact/signals';
import { judge, Reporter, sample, type Quality, type Sample } from '../media/quality';
import { CodedError } from '../signaling/errors';
import type { Link } from '../signaling/link';
import { ANSWER_MS, TICK_MS, Watchdog } from '../signaling/watchdog';

const JUDGE_EVERY_MS = 2000;
const CONNECTING_MS = 6000; // till then "no media yet" is no bad quality

export interface Connections {
  readonly stats: () => Promise<RTCStatsReport[]>;
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
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #stopListening: () => void;
  readonly #startedAt = performance.now();
  #judged: Sample | null = null;
  #wasConnected = false;
  #busy = false;

  constructor(link: Link, connections: Connections) {
    this.#link = link;
    this.#connections = connections;
    this.#stopListening = link.onEvent(() => this.#watchdog.heard(performance.now()));
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
  }

  cameBack(): void {
    this.#watchdog.restart(performance.now());
    this.#reporter.forget();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stopListening();
  }

  async #tick(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const reports = await this.#connections.stats();
      const now = performance.now();
      const taken = sample(reports, this.#connections.connected(), now);
      this.#judge(taken);
      if (this.#link.phase.value.name !== 'online') return;
      // Not awaited: the next samples go on while the question is out.
      if (this.#watchdog.tick(taken.bytes, now)) void this.#ask();
    } finally {
      this.#busy = false;
    }
  }

  async #ask(): Promise<void> {
    let came = true;
    try {
      await this.#connections.ask(ANSWER_MS);
    } catch (error) {
      came = error instanceof CodedError; // a refusal is an answer
    }
    if (this.#watchdog.answered(came, performance.now())) this.#link.suspect();
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
