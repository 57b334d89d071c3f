/*
 * Links and grouping of chat messages. Pure.
 *
 * Addresses of this site become links. Others cannot be opened from a closed network and
 * may be phishing, so they remain text that can be copied.
 */
import type { ChatMessage } from '../protocol';

export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'address'; text: string };

/**
 * A URL with http or https and a host; punctuation at its end belongs to the sentence.
 */
const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;
const TRAILING = /[.,;:!?)\]}’”»]+$/u;

/** Messages of one person within this time are shown under a single heading. */
const TOGETHER_S = 300;

export function pieces(text: string, origin: string): readonly Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, '');
    let url: URL;
    try {
      url = new URL(address);
    } catch {
      continue; // not a valid URL
    }
    if (match.index > from) {
      found.push({ kind: 'text', text: text.slice(from, match.index) });
    }
    found.push(
      url.origin === origin
        ? { kind: 'link', text: address, href: url.href }
        : { kind: 'address', text: address },
    );
    from = match.index + address.length;
  }
  if (from < text.length) found.push({ kind: 'text', text: text.slice(from) });
  return found;
}

/** Whether a message is shown under the heading of the previous one. */
export function continues(
  before: ChatMessage | undefined,
  message: ChatMessage,
): boolean {
  return (
    before !== undefined &&
    before.participant === message.participant &&
    before.name === message.name &&
    message.sent_at - before.sent_at < TOGETHER_S
  );
}

/**
 * Lines that a message shows before it is folded; `.fold` in rail.css has the same
 * number.
 */
const LINES = 12;
/**
 * Characters that fit into a line of the narrowest panel, of the widest letters
 * (Hangul).
 */
const NARROW_LINE = 18;

/** Whether a text may have more lines than are shown; only then is it measured. */
export function mayBeLong(text: string): boolean {
  const lines = text
    .split('\n')
    .map((line) => Math.max(1, Math.ceil(line.length / NARROW_LINE)));
  return lines.reduce((sum, count) => sum + count, 0) > LINES;
}
