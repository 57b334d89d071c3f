/*
 * Messages that are being sent; none is lost with the connection.
 *
 * Pure. A message that failed keeps its nonce, so that sending it again stores
 * it once even when only the answer was lost.
 */
export interface Outgoing {
  readonly nonce: string;
  readonly text: string;
  readonly state: 'sending' | 'failed';
  /** Code of the refusal; null: no answer came. */
  readonly code: string | null;
}

/**
 * Temporary refusals: the server stored nothing, and the client may send again. A refusal
 * because of the message or its sender must not be added, since it would be repeated.
 */
const PASSING: ReadonlySet<string> = new Set(['storage-busy', 'storage-failed']);

/** Whether a message that failed with this code is sent again automatically. */
export function passes(code: string | null): boolean {
  return code === null || PASSING.has(code);
}

export type Outbox = readonly Outgoing[];

export function put(outbox: Outbox, nonce: string, text: string): Outbox {
  return [...outbox, { nonce, text, state: 'sending', code: null }];
}

export function failed(outbox: Outbox, nonce: string, code: string | null): Outbox {
  return outbox.map((m) =>
    m.nonce === nonce ? { ...m, state: 'failed' as const, code } : m,
  );
}

export function retried(outbox: Outbox, nonce: string): Outbox {
  return outbox.map((m) =>
    m.nonce === nonce ? { ...m, state: 'sending' as const, code: null } : m,
  );
}

export function taken(outbox: Outbox, nonce: string): Outbox {
  return outbox.filter((m) => m.nonce !== nonce);
}

/** The nonces to send again automatically: without those that were finally refused. */
export function unanswered(outbox: Outbox): readonly string[] {
  return outbox
    .filter((m) => m.state === 'failed' && passes(m.code))
    .map((m) => m.nonce);
}
