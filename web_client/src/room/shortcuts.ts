/*
 * The keyboard of the room: one table, from which both the handlers and the list
 * behind `?` are made.
 *
 * Keys are matched by their place (`code`) when the layout writes no Latin
 * letters, so that M is M while a Korean input method is on.
 */
export type ShortcutName =
  | 'microphone'
  | 'talk'
  | 'camera'
  | 'screen'
  | 'hand'
  | 'layout'
  | 'chat'
  | 'people'
  | 'next-page'
  | 'previous-page'
  | 'help';

export interface Shortcut {
  readonly name: ShortcutName;
  /** What `KeyboardEvent.key` is, in lower case. */
  readonly key: string;
  /** What `KeyboardEvent.code` is; null: the place does not matter. */
  readonly code: string | null;
  /** What the list shows. */
  readonly shown: string;
  /** Fluent key of what it does. */
  readonly text: string;
  /** Acts while held down. */
  readonly held: boolean;
}

const letter = (name: ShortcutName, key: string, text: string): Shortcut => ({
  name,
  key,
  code: `Key${key.toUpperCase()}`,
  shown: key.toUpperCase(),
  text,
  held: false,
});

export const SHORTCUTS: readonly Shortcut[] = [
  letter('microphone', 'm', 'shortcut-microphone'),
  {
    name: 'talk',
    key: ' ',
    code: 'Space',
    shown: 'Space',
    text: 'shortcut-talk',
    held: true,
  },
  letter('camera', 'v', 'shortcut-camera'),
  letter('screen', 's', 'shortcut-screen'),
  letter('hand', 'r', 'shortcut-hand'),
  letter('layout', 'g', 'shortcut-layout'),
  letter('chat', 'c', 'shortcut-chat'),
  letter('people', 'p', 'shortcut-people'),
  {
    name: 'next-page',
    key: 'pagedown',
    code: 'PageDown',
    shown: 'Page ↓',
    text: 'shortcut-next-page',
    held: false,
  },
  {
    name: 'previous-page',
    key: 'pageup',
    code: 'PageUp',
    shown: 'Page ↑',
    text: 'shortcut-previous-page',
    held: false,
  },
  {
    name: 'help',
    key: '?',
    code: null,
    shown: '?',
    text: 'shortcut-help',
    held: false,
  },
];

type Pressed = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'altKey' | 'metaKey' | 'isComposing'
>;

/** The shortcut that was pressed. Pure. */
export function matchShortcut(event: Pressed): Shortcut | null {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
  const key = event.key.toLowerCase();
  const latin = /^[\x20-\x7e]+$/.test(key) && key !== 'process';
  return (
    SHORTCUTS.find((s) => s.key === key || (!latin && s.code === event.code)) ?? null
  );
}

/** Where keys mean text or act by themselves. */
function keepsKeys(target: EventTarget | null, shortcut: Shortcut): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('input, textarea, select, [contenteditable], dialog[open]')) {
    return true;
  }
  // Space presses the focused button; letters do nothing there.
  return shortcut.held && target.closest('button, a, summary') !== null;
}

export interface ShortcutHandlers {
  readonly press: (name: ShortcutName) => void;
  /** The key of a held shortcut is up again, or the window lost the keyboard. */
  readonly release: (name: ShortcutName) => void;
}

/** Listens on the window; returns the end of it. */
export function listenShortcuts(handlers: ShortcutHandlers): () => void {
  let held: ShortcutName | null = null;
  const down = (event: KeyboardEvent): void => {
    const shortcut = matchShortcut(event);
    if (!shortcut || keepsKeys(event.target, shortcut)) return;
    event.preventDefault();
    if (event.repeat) return;
    if (shortcut.held) held = shortcut.name;
    handlers.press(shortcut.name);
  };
  const letGo = (): void => {
    if (held) handlers.release(held);
    held = null;
  };
  const up = (event: KeyboardEvent): void => {
    if (held && matchShortcut(event)?.name === held) {
      event.preventDefault();
      letGo();
    }
  };
  window.addEventListener('keydown', down);
  window.addEventListener('keyup', up);
  window.addEventListener('blur', letGo);
  return () => {
    letGo();
    window.removeEventListener('keydown', down);
    window.removeEventListener('keyup', up);
    window.removeEventListener('blur', letGo);
  };
}
