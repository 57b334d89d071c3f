/* Short notices: what happened, and at most one action. */
import { signal } from '@preact/signals';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly action: { label: string; run: () => void } | null;
}

const SHOWN_MS = 7000; // long enough to read two lines in a second language
const SHOWN_WITH_ACTION_MS = 20_000;
const MOST = 4;

export const notices = signal<readonly Notice[]>([]);

let last = 0;

/** Shows a notice and returns its id; the same text is not shown twice at once. */
export function notify(text: string, action: Notice['action'] = null): number {
  last += 1;
  const id = last;
  notices.value = [
    ...notices.value.filter((n) => n.text !== text),
    { id, text, action },
  ].slice(-MOST);
  setTimeout(() => dismiss(id), action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
  return id;
}

/** Clears all notices, so that those of one page are not shown on the next. */
export function clearNotices(): void {
  notices.value = [];
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((n) => n.id !== id);
}
