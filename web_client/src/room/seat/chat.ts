/* The chat of a seat: reliable sending, history, unread messages. */
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { ChatMessage } from '../../protocol';
import { CodedError } from '../../signaling/errors';
import type { Link } from '../../signaling/link';
import {
  retried,
  failed,
  passes,
  put,
  taken,
  unanswered,
  type Outbox,
} from '../../state/outbox';

const PAGE = 100;
/**
 * How long to wait before a message is sent again that the server did not answer or could
 * not store.
 */
const AGAIN_MS = 2000;

export interface ChatStore {
  readonly messages: () => readonly ChatMessage[];
  readonly self: () => string | null;
  readonly add: (messages: readonly ChatMessage[]) => void;
}

function nonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
}

export class Chat {
  readonly outbox = signal<Outbox>([]);
  /** The draft in the text field; kept while the panel is closed. */
  readonly draft = signal('');
  readonly open = signal(false);
  readonly loading = signal(false);
  readonly unread: ReadonlySignal<number>;
  readonly #seen = signal(0);
  readonly #link: Link;
  readonly #store: ChatStore;

  constructor(link: Link, store: ChatStore) {
    this.#link = link;
    this.#store = store;
    this.unread = computed(() => {
      if (this.open.value) return 0;
      const seen = this.#seen.value;
      const self = store.self();
      return store.messages().filter((m) => m.seq > seen && m.participant !== self)
        .length;
    });
  }

  /** Marks all present messages as read. */
  markRead(): void {
    this.#seen.value = this.#store.messages().at(-1)?.seq ?? 0;
  }

  async send(text: string): Promise<void> {
    const id = nonce();
    this.outbox.value = put(this.outbox.value, id, text);
    await this.#deliver(id, text);
  }

  async sendAgain(id: string): Promise<void> {
    const message = this.outbox.value.find((m) => m.nonce === id);
    if (!message || message.state === 'sending') return;
    this.outbox.value = retried(this.outbox.value, id);
    await this.#deliver(id, message.text);
  }

  /** Moves a failed message back into the text field. */
  takeBack(id: string): void {
    const message = this.outbox.value.find((m) => m.nonce === id);
    if (!message) return;
    this.outbox.value = taken(this.outbox.value, id);
    this.draft.value = [this.draft.value, message.text].filter(Boolean).join('\n');
  }

  /** The connection is back: sends unanswered messages again. */
  cameBack(): void {
    for (const id of unanswered(this.outbox.value)) void this.sendAgain(id);
  }

  /** Whether the server has messages older than the oldest one here. */
  get hasEarlier(): boolean {
    return (this.#store.messages()[0]?.seq ?? 1) > 1;
  }

  async loadEarlier(): Promise<void> {
    const before = this.#store.messages()[0]?.seq ?? 1;
    if (before <= 1 || this.loading.value) return;
    this.loading.value = true;
    try {
      const page = await this.#link.request('chat.history', { before, limit: PAGE });
      this.#store.add(page.messages);
    } finally {
      this.loading.value = false;
    }
  }

  async #deliver(id: string, text: string): Promise<void> {
    try {
      const message = await this.#link.request('chat.send', { text, nonce: id });
      this.#store.add([message]);
      this.outbox.value = taken(this.outbox.value, id);
    } catch (error) {
      const code = error instanceof CodedError ? error.code : null;
      this.outbox.value = failed(this.outbox.value, id, code);
      // After a lost connection `cameBack` sends it again; while online a timer does.
      const online = this.#link.phase.peek().name === 'online';
      if (passes(code) && online) setTimeout(() => this.cameBack(), AGAIN_MS);
    }
  }
}
