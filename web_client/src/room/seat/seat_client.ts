/*
 * The client of one seat, from the page before joining to the end: the object that pages
 * use.
 *
 *     entering ──► inside ◄── joining ◄── outside
 *         └─ seat gone ───────────────────► ▲   inside ──► ended ──► outside | entering
 *
 * It combines the parts (link, local media, receiving, sending, chat, health) and holds
 * the view of the room; each part does its own work.
 */
import {
  computed,
  effect,
  signal,
  untracked,
  type ReadonlySignal,
} from '@preact/signals';
import type {
  ClientEvents,
  ConnectAuth,
  RoomPreview,
  SeatClosed,
  SeatTaken,
  ServerEvent,
  SourceName,
} from '../../protocol';
import { canConnect } from '../../media/ability';
import { LocalMedia } from '../../media/local';
import { CodedError, isFinal } from '../../signaling/errors';
import { Link } from '../../signaling/link';
import { missingSince } from '../../signaling/reconnect';
import { sayPageClosed } from '../../signaling/farewell';
import { browserKey } from '../../state/browser_key';
import { clearNotices, dismiss, notify } from '../../state/notices';
import {
  expectsMedia,
  mergeMessages,
  reduce,
  viewFrom,
  type RoomView,
} from '../../state/room';
import { codec, seats, stageNotified, switchedOn } from '../../state/settings';
import { onStage, stillOnStage, type StageNotice } from '../../state/stage_notice';
import { SeatTab, seatElsewhere } from '../../state/tabs';
import { notifyFailure } from '../../text/failure';
import { t } from '../../text';
import { Chat } from './chat';
import { Health } from './health';
import { Receiving } from './receiving';
import { Sending } from './sending';
import { Viewing } from './viewing';

export type EndReason = SeatClosed['reason'] | 'left' | 'seat-lost';

export type SeatPhase =
  | { name: 'entering' }
  | { name: 'outside' }
  | { name: 'joining' }
  | { name: 'inside' }
  | { name: 'ended'; reason: EndReason; by: string | null }
  | { name: 'refused'; code: string; message: string };

/** Refusals which mean that the seat is lost; all others are temporary. */
const GONE: ReadonlySet<string> = new Set([
  'seat-gone',
  'room-not-found',
  'room-closed',
]);
/**
 * Least time between two attempts to join by a link that many people are using. Lower: the
 * server's rate limit of this request is exceeded.
 */
const BUSY_WAIT_MS = 2000;
const LEAVE_WITHIN_MS = 1500; // leaving must not hang when the network is down
const PREVIEW_EVERY_MS = 10_000;

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Listens to the window until the returned function is called. */
function listen<N extends 'pagehide' | 'pageshow'>(
  name: N,
  handler: (event: WindowEventMap[N]) => void,
): () => void {
  window.addEventListener(name, handler);
  return () => window.removeEventListener(name, handler);
}

export class SeatClient {
  readonly phase = signal<SeatPhase>({ name: 'outside' });
  readonly view = signal<RoomView | null>(null);
  readonly preview = signal<RoomPreview | null>(null);
  readonly pinned = signal<string | null>(null);
  /** The seat that another tab of this browser holds with the same link. */
  readonly otherTab = signal<string | null>(null);
  /** The user is in the room elsewhere and has not yet chosen where to stay. */
  readonly elsewhere = signal(false);
  /** Many people are entering by this link: this client retries after a few seconds. */
  readonly queued = signal(false);
  readonly local = new LocalMedia();
  readonly link: Link;
  readonly receiving: Receiving;
  readonly sending: Sending;
  readonly viewing: Viewing;
  readonly chat: Chat;
  readonly missingSince: ReadonlySignal<number | null>;
  health: Health | null = null;
  /** The invitation or room by which the user enters. */
  readonly entry: ConnectAuth;
  readonly #key: string;
  readonly #tab: SeatTab;
  readonly #stops: (() => void)[] = [];
  /** What the user chose when already in the room elsewhere. */
  #decided: 'take-over' | 'another' | null = null;
  /**
   * The newest connection: the message that the page is closing names it, even while a new
   * one is being made.
   */
  #connection: string | null = null;
  /** The last notice of being on the stage, until it is withdrawn. */
  #stageNotice: { id: number; notice: StageNotice } | null = null;
  #disposed = false;

  /** `key` names the stored seat of this link. */
  constructor(entry: ConnectAuth, key: string) {
    this.entry = entry;
    this.#key = key;
    this.#tab = new SeatTab(key);
    this.link = new Link(entry);
    this.receiving = new Receiving(this.link);
    this.sending = new Sending(this.link, this.local, notifyFailure);
    this.viewing = new Viewing(this.link, () => this.phase.peek().name === 'inside');
    this.chat = new Chat(this.link, {
      messages: () => this.view.value?.messages ?? [],
      self: () => this.view.value?.self ?? null,
      add: (messages) =>
        this.#change((view) => ({
          ...view,
          messages: mergeMessages(view.messages, messages),
        })),
    });
    this.missingSince = computed(() => missingSince(this.link.phase.value));
    const poll = setInterval(() => this.#look(), PREVIEW_EVERY_MS);
    this.#stops.push(
      () => clearInterval(poll),
      listen('pagehide', () => this.#pageClosed()),
      listen('pageshow', (event) => {
        // Restored from the browser's cache, which has closed all connections.
        if (event.persisted && this.phase.peek().name === 'inside') {
          window.location.reload();
        }
      }),
      this.link.onEvent((event) => this.#take(event)),
      this.link.onOnline(() => this.#online()),
      effect(() => this.#watchRefusal()),
      effect(() => this.#watchLink()),
      effect(() => this.#watchStageNotice()),
      effect(() => {
        const choice = codec.value;
        this.sending.publisher?.preferCodec(choice);
        void this.sending.offerAgain();
      }),
    );
  }

  /** Opens the connection: resumes a stored seat, otherwise waits outside. */
  start(): void {
    const seat = seats.get(this.#key);
    this.phase.value = { name: seat ? 'entering' : 'outside' };
    void seatElsewhere(this.#key, seat).then((other) => {
      if (this.#disposed) return;
      this.otherTab.value = other;
      this.elsewhere.value = other !== null;
      // A duplicated tab has the seat of its original, which must not lose it unasked.
      if (seat && other === null) this.link.identify({ seat });
      else this.phase.value = { name: 'outside' };
      this.link.open();
    });
  }

  /** Takes over the seat that the user has elsewhere. */
  moveHere(): void {
    const other = this.otherTab.value;
    this.elsewhere.value = false;
    this.#decided = 'take-over';
    if (other === null) return;
    seats.set(this.#key, other);
    this.otherTab.value = null;
    this.link.close();
    this.#enter(other);
  }

  #enter(seat: string): void {
    this.link.identify({ seat });
    this.phase.value = { name: 'entering' };
    this.link.open();
  }

  /** Takes a second seat beside that of another tab. */
  enterAsAnother(): void {
    this.elsewhere.value = false;
    this.#decided = 'another';
  }

  /** Takes a seat. Throws the server's refusal; the client stays outside then. */
  async join(name: string, organisation: string): Promise<void> {
    performance.mark('pavilion-join');
    this.phase.value = { name: 'joining' };
    try {
      this.#prepare();
      this.#seat(await this.#join(name, organisation));
    } catch (error) {
      // If the link was finally refused meanwhile, that is shown already.
      if (this.phase.value.name !== 'joining') return;
      if (this.#refusedFinally(error)) return;
      this.phase.value = { name: 'outside' };
      if (error instanceof CodedError && error.code === 'seated-elsewhere') {
        this.elsewhere.value = true;
        return;
      }
      throw error;
    } finally {
      this.queued.value = false;
    }
  }

  /** Prepares the peer connections, if this browser supports any. */
  #prepare(): void {
    if (!canConnect()) return;
    this.receiving.subscriber.prepare();
    if (this.preview.value?.role !== 'researcher') this.sending.prepare();
  }

  async #join(name: string, organisation: string): Promise<SeatTaken> {
    const { invitation } = this.entry;
    const request = {
      name,
      organisation,
      subscribe: canConnect(),
      browser: invitation ? await browserKey(invitation) : null,
      take_over: this.#decided === 'take-over',
    };
    for (;;) {
      try {
        return await this.link.request('seat.join', request);
      } catch (error) {
        const busy = error instanceof CodedError && error.code === 'too-many-joins';
        if (!busy || this.link.phase.value.name !== 'online') throw error;
        this.queued.value = true;
        // Spread, so that waiting clients do not all retry at once.
        await passed(BUSY_WAIT_MS * (1 + Math.random()));
      }
    }
  }

  async leave(): Promise<void> {
    this.#end('left', null);
    try {
      await this.link.request('seat.leave', {}, LEAVE_WITHIN_MS);
    } catch {
      // The server gives the seat up by itself.
    }
    if (this.phase.value.name === 'ended') this.link.close();
  }

  /** From the page after the end: resumes a stored seat, otherwise waits outside. */
  comeBack(): void {
    if (this.phase.value.name !== 'ended') return;
    this.link.close();
    const seat = seats.get(this.#key);
    if (seat) {
      this.#enter(seat);
    } else {
      this.link.identify(this.entry);
      this.start();
    }
  }

  may(capability: Parameters<RoomView['capabilities']['has']>[0]): boolean {
    return this.view.value?.capabilities.has(capability) ?? false;
  }

  /** Sends a request for the user; shows a notice when it was refused. */
  async ask<N extends keyof ClientEvents>(
    name: N,
    payload: ClientEvents[N]['request'],
  ): Promise<boolean> {
    try {
      await this.link.request(name, payload);
      return true;
    } catch (error) {
      notifyFailure(error);
      return false;
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const stop of this.#stops) stop();
    this.#tab.release();
    this.health?.close();
    this.viewing.close();
    this.sending.close();
    this.receiving.close();
    this.local.close();
    this.link.dispose();
  }

  #online(): void {
    this.#connection = this.link.connection;
    const { name } = this.phase.value;
    if (name === 'entering' || name === 'inside') void this.#resume();
    if (name === 'outside') this.#look();
  }

  #look(): void {
    if (
      this.phase.value.name !== 'outside' ||
      this.link.phase.value.name !== 'online'
    ) {
      return;
    }
    this.link
      .request('room.preview', { seat: this.otherTab.peek() })
      .then((preview) => {
        this.preview.value = preview;
        this.elsewhere.value = preview.seated_elsewhere && this.#decided === null;
      })
      .catch((error: unknown) => {
        if (this.phase.peek().name === 'outside') this.#refusedFinally(error);
      });
  }

  async #resume(): Promise<void> {
    try {
      const taken = await this.link.request('seat.resume', {
        last_chat: this.view.value?.messages.at(-1)?.seq ?? 0,
        subscribe: canConnect() && this.receiving.lost,
      });
      this.#seat(taken);
    } catch (error) {
      if (error instanceof CodedError && GONE.has(error.code)) this.#seatGone();
      // Busy storage is temporary: the seat is kept and requested again.
      else this.link.suspect();
    }
  }

  /** Applies a seat taken for the first time or resumed. */
  #seat(taken: SeatTaken): void {
    const before = this.view.value;
    const first = this.phase.value.name !== 'inside';
    const restored = this.phase.value.name === 'entering';
    seats.set(this.#key, taken.seat);
    this.#tab.hold(taken.seat);
    this.link.identify({ seat: taken.seat });
    if (taken.offer) void this.receiving.accept(taken.offer);
    this.view.value = viewFrom(taken, before);
    if (first) clearNotices();
    this.phase.value = { name: 'inside' };
    this.sending.allow(this.may('media.publish'));
    this.sending.cameBack(taken.publish_connected);
    if (!taken.offer && !taken.subscribe_connected) void this.receiving.renew();
    this.viewing.cameBack();
    this.chat.cameBack();
    this.health?.cameBack();
    if (first) {
      this.chat.markRead();
      this.#watchHealth();
    }
    if (restored) void this.#switchOnAgain();
  }

  /** After a reload of the page: switches on again what was on before. */
  async #switchOnAgain(): Promise<void> {
    const was = switchedOn.get();
    if (!this.may('media.publish') || !canConnect()) return;
    await Promise.all([
      was.microphone ? this.local.unmute() : undefined,
      was.camera ? this.local.startCamera() : undefined,
    ]);
  }

  #watchLink(): void {
    const figures = this.viewing.figures.value;
    if (!figures) return;
    this.receiving.watch({
      loss: figures.lossDown,
      rttMs: figures.rttMs ?? this.viewing.link.peek()?.rtt_ms ?? null,
      speaking: this.local.microphoneOn.peek(),
    });
  }

  #watchHealth(): void {
    this.health?.close();
    this.health = new Health(this.link, {
      legs: () =>
        canConnect()
          ? [
              { name: 'receive', connection: this.receiving.subscriber },
              { name: 'send', connection: this.sending.publisher },
            ]
          : [],
      sampled: (reports, at) =>
        this.viewing.take(reports, at, this.receiving.waitMs.peek() ?? 0),
      expected: () => this.view.value !== null && expectsMedia(this.view.value),
      ask: (withinMs) => this.link.request('view.set', this.viewing.wanted, withinMs),
    });
  }

  #take(event: ServerEvent): void {
    this.#change((view) => reduce(view, event));
    switch (event.name) {
      case 'seat.changed':
        this.sending.allow(this.may('media.publish'));
        break;
      case 'seat.muted':
        this.#muted(event.payload.source, event.payload.by);
        break;
      case 'seat.closed':
        this.#end(event.payload.reason, event.payload.by);
        this.link.close();
        break;
      case 'room.changed':
        this.#onStage();
        break;
      case 'publish.needed':
        void this.sending.offerAgain();
        break;
      case 'link.changed':
        this.viewing.link.value = event.payload;
        break;
      case 'publish.layers':
        this.sending.setLayers(event.payload.source, event.payload.layers);
        break;
      default:
        break;
    }
  }

  /** Notifies users who are on the stage, if others see or hear them. */
  #onStage(): void {
    const view = this.view.value;
    if (!view) return;
    const sending = {
      camera: this.local.cameraOn.peek(),
      microphone: this.local.microphoneOn.peek(),
    };
    const { notice, notified } = onStage(view, sending, stageNotified.get());
    stageNotified.set(notified);
    if (notice) this.#stageNotice = { id: notify(t(notice)), notice };
  }

  /** Withdraws the notice of being on the stage when it is no longer true. */
  #watchStageNotice(): void {
    const view = this.view.value;
    const sending = {
      camera: this.local.cameraOn.value,
      microphone: this.local.microphoneOn.value,
    };
    const shown = this.#stageNotice;
    if (!view || !shown || stillOnStage(view, sending, shown.notice)) return;
    this.#stageNotice = null;
    untracked(() => dismiss(shown.id));
  }

  #pageClosed(): void {
    const seat = seats.get(this.#key);
    if (this.phase.peek().name !== 'inside') return;
    if (seat !== null && this.#connection !== null) {
      sayPageClosed(seat, this.#connection);
    }
  }

  #muted(source: SourceName, by: string): void {
    if (source === 'microphone') this.local.mute();
    else if (source === 'camera') this.local.stopCamera();
    else this.local.stopScreen();
    notify(t(`notice-muted-${source.replace('_', '-')}`, { by }));
  }

  #change(step: (view: RoomView) => RoomView): void {
    const view = this.view.value;
    if (view) this.view.value = step(view);
  }

  #watchRefusal(): void {
    const phase = this.link.phase.value;
    if (phase.name !== 'refused') return;
    const { code, message } = phase;
    const seat = this.phase.peek().name;
    if (seat === 'entering' || seat === 'inside')
      queueMicrotask(() => this.#seatGone());
    else this.phase.value = { name: 'refused', code, message };
  }

  /** Whether nobody can enter by this link any more; says so on a page of its own. */
  #refusedFinally(error: unknown): boolean {
    if (!(error instanceof CodedError) || !isFinal(error.code)) return false;
    this.sending.allow(false);
    this.phase.value = { name: 'refused', code: error.code, message: error.message };
    this.link.close();
    return true;
  }

  /**
   * The seat is lost on the server: waits outside again, or ends if the user was inside.
   */
  #seatGone(): void {
    const wasInside = this.phase.value.name === 'inside';
    seats.drop(this.#key);
    this.link.close();
    if (wasInside) {
      this.#end('seat-lost', null);
      return;
    }
    this.link.identify(this.entry);
    this.phase.value = { name: 'outside' };
    this.link.open();
  }

  #end(reason: EndReason, by: string | null): void {
    // For other reasons the seat can be taken again.
    if (reason === 'left' || reason === 'removed' || reason === 'room-closed') {
      seats.drop(this.#key);
    }
    this.#tab.release();
    this.#decided = null;
    clearNotices();
    this.phase.value = { name: 'ended', reason, by };
    this.health?.close();
    this.health = null;
    this.sending.allow(false);
    this.receiving.subscriber.close();
    this.receiving.sound.play(new Map());
    this.pinned.value = null;
  }
}
