/*
 * Reports to the server what is on the screen, within its rate limit.
 *
 * The stage area measures the pictures; the user's choice of what to receive and the
 * limits for a slow computer are applied here.
 */
import { effect, signal } from '@preact/signals';
import type { Arrangement } from '../../layout/arrange';
import { Pace, sameView, viewSet, type Measured } from '../../layout/viewset';
import { between, readMoment, type Figures, type Moment } from '../../media/figures';
import { loadOf, Strain } from '../../media/strain';
import type { LinkChanged, ViewSet } from '../../protocol';
import type { Link } from '../../signaling/link';
import { receive } from '../../state/settings';

const SEND_EVERY_MS = 200; // the server allows five a second
const SAMPLE_EVERY_MS = 2000; // Lower: shares of few frames; higher: slow reactions.

interface Shown {
  readonly arrangement: Arrangement;
  readonly measured: Measured;
  readonly self: string;
}

export class Viewing {
  /** Steps by which pictures are reduced for a slow computer; 0: none. */
  readonly strained = signal(0);
  /** The figures of the last two seconds. */
  readonly figures = signal<Figures | null>(null);
  /** The server's latest report on the link to this viewer. */
  readonly link = signal<LinkChanged | null>(null);
  readonly #link: Link;
  readonly #inside: () => boolean;
  readonly #strain = new Strain();
  readonly #pace = new Pace(SEND_EVERY_MS);
  readonly #stops: (() => void)[];
  #shown: Shown | null = null;
  /** The stage is shown in a separate window, even while the tab is hidden. */
  #floats = false;
  #sent: ViewSet | null = null;
  #moment: Moment | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(link: Link, inside: () => boolean) {
    this.#link = link;
    this.#inside = inside;
    const visibility = (): void => this.#send();
    document.addEventListener('visibilitychange', visibility);
    this.#stops = [
      () => document.removeEventListener('visibilitychange', visibility),
      effect(() => {
        // Every signal read here runs this effect again.
        void [receive.value, this.strained.value];
        queueMicrotask(() => this.#send());
      }),
    ];
  }

  /** Sets what is on the screen now; sent to the server when it changed. */
  show(arrangement: Arrangement, measured: Measured, self: string): void {
    this.#shown = { arrangement, measured, self };
    this.#send();
  }

  /** The sizes requested now. */
  get wanted(): ViewSet {
    const seen = document.visibilityState === 'visible';
    const visible = seen || this.#floats;
    const wishes = { receive: receive.peek(), limit: this.#strain.limit, visible };
    if (this.#shown === null)
      return { stage: null, tiles: [], receive: receive.peek() };
    const { arrangement, self } = this.#shown;
    const measured = seen
      ? this.#shown.measured
      : { ...this.#shown.measured, tiles: new Map<string, number>() };
    return viewSet(arrangement, measured, wishes, self);
  }

  /** Sets whether the stage is shown in a small window. */
  floats(floats: boolean): void {
    this.#floats = floats;
    this.#send();
  }

  /** To be called for a new connection, on which the server knows no view. */
  cameBack(): void {
    this.#sent = null;
    this.#send();
  }

  /**
   * Takes the statistics of all connections, null if not all are known; called about twice
   * a second. `askedMs` is the requested playout delay of pictures.
   */
  take(reports: readonly RTCStatsReport[] | null, now: number, askedMs: number): void {
    if (reports === null) {
      // Figures of a closed connection do not apply to the next one.
      this.#moment = null;
      this.figures.value = null;
      return;
    }
    if (this.#moment !== null && now - this.#moment.at < SAMPLE_EVERY_MS) return;
    const moment = readMoment(reports, now);
    const before = this.#moment;
    this.#moment = moment;
    if (before === null) return;
    const figures = between(before, moment);
    this.figures.value = figures;
    // A hidden tab decodes nothing and is throttled by the browser.
    if (document.visibilityState !== 'visible') return;
    if (this.#strain.take(loadOf(figures, askedMs)))
      this.strained.value = this.#strain.step;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const stop of this.#stops) stop();
  }

  #send(): void {
    clearTimeout(this.#timer);
    if (this.#shown === null || !this.#inside()) return;
    const view = this.wanted;
    if (sameView(this.#sent, view)) return;
    const wait = this.#pace.due(performance.now());
    if (wait > 0) {
      this.#timer = setTimeout(() => this.#send(), wait);
      return;
    }
    this.#sent = view;
    this.#link.request('view.set', view).catch(() => {
      if (this.#sent === view) this.#sent = null;
    });
  }
}
