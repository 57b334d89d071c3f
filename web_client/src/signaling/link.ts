/*
 * The one socket to the server: typed requests with answers, typed events, and
 * a connection that reconnects by itself. It has no knowledge of rooms.
 *
 * Socket.IO's own reconnection is off: it does not retry a refused connection,
 * and a restarting server refuses for a moment.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { io, type Socket } from 'socket.io-client';
import {
  SERVER_EVENT_NAMES,
  type ClientEvents,
  type ConnectAuth,
  type ServerEvent,
} from '../protocol';
import { codedErrorFrom, LinkClosed, NoAnswer } from './errors';
import { ownPage } from './http';
import { advance, type Phase, type Signal } from './reconnect';

const ANSWER_WITHIN_MS = 8000; // Lower: slow links fail; higher: people wait.
const CONNECT_WITHIN_MS = 4000; // Lower: slow links never connect.

/** Temporary refusals, and how long to wait before the next attempt. */
const PASSING: ReadonlyMap<string, number> = new Map([
  ['internal', 1000],
  ['storage-failed', 1000],
  ['storage-busy', 1000],
  // An immediate attempt would only prolong it.
  ['too-many-attempts', 20_000],
]);

const FOREIGN_PAGE = {
  name: 'refused',
  code: 'other-origin',
  message: 'The server takes this page for another site.',
  passesInMs: null,
} as const;

type EventHandler = (event: ServerEvent) => void;

type Ack = { ok: true; result: unknown } | { ok: false; error: unknown };

export class Link {
  readonly #phase = signal<Phase>({ name: 'idle' });
  readonly #socket: Socket;
  readonly #handlers = new Set<EventHandler>();
  readonly #onlineHandlers = new Set<() => void>();
  #auth: ConnectAuth;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /**
   * Whether it was ever connected, which proves that the server accepts this origin.
   */
  #greeted = false;

  constructor(auth: ConnectAuth) {
    this.#auth = auth;
    this.#socket = io({
      transports: ['websocket'],
      autoConnect: false,
      reconnection: false,
      forceNew: true,
      timeout: CONNECT_WITHIN_MS,
      auth: (give) => give(this.#auth as Record<string, unknown>),
    });
    this.#socket.on('connect', () => {
      this.#greeted = true;
      this.#step({ name: 'connected' });
      for (const handler of this.#onlineHandlers) handler();
    });
    this.#socket.on('disconnect', () => this.#step({ name: 'lost' }));
    this.#socket.on('connect_error', (error) => {
      const coded = codedErrorFrom((error as Error & { data?: unknown }).data);
      if (coded === null) {
        this.#step({ name: 'lost' });
        if (!this.#greeted) void this.#askWhy();
      } else {
        const { code, message } = coded;
        const passesInMs = PASSING.get(code) ?? null;
        this.#step({ name: 'refused', code, message, passesInMs });
      }
    });
    for (const name of SERVER_EVENT_NAMES) {
      this.#socket.on(name, (payload: unknown) => {
        const event = { name, payload } as ServerEvent;
        for (const handler of this.#handlers) handler(event);
      });
    }
    window.addEventListener('online', this.#netReturned);
    window.addEventListener('offline', this.#netGone);
  }

  /** The phase of the connection. */
  get phase(): ReadonlySignal<Phase> {
    return this.#phase;
  }

  /** The id of the present connection; null: there is none. */
  get connection(): string | null {
    return this.#socket.id ?? null;
  }

  /**
   * Sets the identity for the next connection (a seat taken replaces an invitation).
   */
  identify(auth: ConnectAuth): void {
    this.#auth = auth;
  }

  open(): void {
    this.#step({ name: 'open' });
  }

  /** Closes the connection without reconnecting; it can be opened again. */
  close(): void {
    this.#step({ name: 'close' });
  }

  /** Closes the connection and removes the listeners from the window. */
  dispose(): void {
    this.close();
    window.removeEventListener('online', this.#netReturned);
    window.removeEventListener('offline', this.#netGone);
    this.#handlers.clear();
    this.#onlineHandlers.clear();
  }

  /** Treats the connection as lost at once, without waiting for a ping to fail. */
  suspect(): void {
    if (this.#phase.value.name !== 'online') return;
    this.#socket.io.engine?.close();
    this.#step({ name: 'lost' });
  }

  /** Media arrives again, so the network works: reconnects without a long wait. */
  hurry(): void {
    this.#step({ name: 'hurry' });
  }

  onEvent(handler: EventHandler): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  /** Called at each connection, the first one included. */
  onOnline(handler: () => void): () => void {
    this.#onlineHandlers.add(handler);
    return () => this.#onlineHandlers.delete(handler);
  }

  /**
   * Sends a request to the server.
   *
   * Throws `CodedError` when the server refuses, `NoAnswer` when no answer
   * comes in time or there is no connection (nothing is queued for later), and
   * `LinkClosed` when this page has ended the connection.
   */
  async request<N extends keyof ClientEvents>(
    name: N,
    payload: ClientEvents[N]['request'],
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<ClientEvents[N]['result']> {
    if (!this.#socket.connected) throw this.#noAnswer();
    let ack: Ack;
    try {
      ack = (await this.#socket.timeout(withinMs).emitWithAck(name, payload)) as Ack;
    } catch {
      throw this.#noAnswer();
    }
    if (ack.ok) return ack.result as ClientEvents[N]['result'];
    throw codedErrorFrom(ack.error) ?? new NoAnswer();
  }

  #noAnswer(): NoAnswer {
    return this.#phase.value.name === 'closed' ? new LinkClosed() : new NoAnswer();
  }

  /** Sends a request and ignores the result; for reports that are soon superseded. */
  report<N extends keyof ClientEvents>(
    name: N,
    payload: ClientEvents[N]['request'],
  ): void {
    this.request(name, payload).catch(() => undefined);
  }

  /** Stops reconnecting if the server does not accept the origin of this page. */
  async #askWhy(): Promise<void> {
    if (!(await ownPage()) && !this.#greeted) this.#step(FOREIGN_PAGE);
  }

  readonly #netReturned = (): void => this.#step({ name: 'net-returned' });

  readonly #netGone = (): void => this.suspect();

  #step(signal: Signal): void {
    const before = this.#phase.value;
    const after = advance(before, signal, performance.now(), Math.random());
    if (after === before) return;
    clearTimeout(this.#timer);
    this.#phase.value = after;
    switch (after.name) {
      case 'connecting':
        this.#socket.connect();
        break;
      case 'waiting':
        // An answer to an abandoned attempt must not be taken for one to the next.
        if (this.#socket.active) this.#socket.disconnect();
        this.#timer = setTimeout(
          () => this.#step({ name: 'retry' }),
          after.retryAt - performance.now(),
        );
        break;
      case 'closed':
      case 'refused':
        this.#socket.disconnect();
        break;
      case 'idle':
      case 'online':
        break;
    }
  }
}
