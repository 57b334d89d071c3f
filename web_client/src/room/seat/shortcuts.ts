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
  | 'full'
  | 'chat'
  | 'people'
  | 'next-page'
  | 'previous-page'
  | 'help';

interface Key {
  /** What `KeyboardEvent.key` is, in lower case. */
  readonly key: string;
  /** What `KeyboardEvent.code` is; null: the place does not matter. */
  readonly code: string | null;
  /** What the list shows. */
  readonly shown: string;
}

export interface Shortcut {
  readonly name: ShortcutName;
  /** Each of them does it; the first is named on the button. */
  readonly keys: readonly Key[];
  /** Fluent key of what it does. */
  readonly text: string;
  /** Acts while held down. */
  readonly held: boolean;
}

const letter = (key: string): Key => ({
  key,
  code: `Key${key.toUpperCase()}`,
  shown: key.toUpperCase(),
});
const named = (code: string, shown: string): Key => ({
  key: code.toLowerCase(),
  code,
  shown,
});
const pressed = (name: ShortcutName, ...keys: Key[]): Shortcut => ({
  name,
  keys,
  text: `shortcut-${name}`,
  held: false,
});

export const SHORTCUTS: readonly Shortcut[] = [
  pressed('microphone', letter('m')),
  {
    name: 'talk',
    keys: [{ key: ' ', code: 'Space', shown: 'Space' }],
    text: 'shortcut-talk',
    held: true,
  },
  pressed('camera', letter('v')),
  pressed('screen', letter('s')),
  pressed('hand', letter('r')),
  pressed('layout', letter('g'), letter('w')),
  pressed('full', letter('f')),
  pressed('chat', letter('c')),
  pressed('people', letter('p')),
  pressed('next-page', named('ArrowRight', '→'), named('PageDown', 'Page ↓')),
  pressed('previous-page', named('ArrowLeft', '←'), named('PageUp', 'Page ↑')),
  pressed('help', { key: '?', code: null, shown: '?' }),
];

/** The keys of a shortcut, as `aria-keyshortcuts` wants them. */
export function keysOf(name: ShortcutName): string {
  const shortcut = SHORTCUTS.find((s) => s.name === name);
  return shortcut?.keys.map((k) => k.shown).join(' ') ?? '';
}

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
    SHORTCUTS.find((s) =>
      s.keys.some((k) => k.key === key || (!latin && k.code === event.code)),
    ) ?? null
  );
}

/** Properties of the element that has the focus. */
export interface Focus {
  /** Keys write there, or belong to an open dialog. */
  readonly writing: boolean;
  /** Space presses it. */
  readonly pressable: boolean;
  /** It is the room's microphone button. */
  readonly microphone: boolean;
  /** A click put the keyboard there, not the Tab key. */
  readonly byPointer: boolean;
}

/**
 * Whether a key is a shortcut where the keyboard is now. Pure.
 *
 * Letters are shortcuts outside text fields. A held key must never switch
 * the microphone on for good: it does not press the microphone button, nor a
 * button that only happens to be focused because it was clicked before.
 */
export function takesKey(held: boolean, focus: Focus): boolean {
  if (focus.writing) return false;
  if (!held || !focus.pressable) return true;
  return focus.microphone || focus.byPointer;
}

function focusAt(target: EventTarget | null, byPointer: boolean): Focus {
  const at = (selector: string): boolean =>
    target instanceof Element && target.closest(selector) !== null;
  return {
    writing: at('input, textarea, select, [contenteditable], dialog[open]'),
    pressable: at('button, a, summary'),
    microphone: at('[data-talk]'),
    byPointer,
  };
}

export interface ShortcutHandlers {
  /** The shortcuts that apply here; all if absent. */
  readonly only?: readonly ShortcutName[];
  readonly press: (name: ShortcutName) => void;
  /** The key of a held shortcut is up again, or the window lost the keyboard. */
  readonly release: (name: ShortcutName) => void;
}

/** Listens on the window; returns the end of it. */
export function listenShortcuts(handlers: ShortcutHandlers): () => void {
  let held: ShortcutName | null = null;
  // Outlives `held`: the key may come up only after the window was away.
  let swallowed: string | null = null;
  // `:focus-visible` cannot tell: browsers turn it on with the first key.
  let lastByPointer = false;
  let focusedByPointer = false;
  const pointed = (): void => {
    lastByPointer = true;
    focusedByPointer = true;
  };
  const typed = (): void => {
    lastByPointer = false;
  };
  const focused = (): void => {
    focusedByPointer = lastByPointer;
  };
  const down = (event: KeyboardEvent): void => {
    if (event.repeat && event.code === swallowed) {
      event.preventDefault();
      return;
    }
    const shortcut = matchShortcut(event);
    if (!shortcut || (handlers.only && !handlers.only.includes(shortcut.name))) return;
    if (!takesKey(shortcut.held, focusAt(event.target, focusedByPointer))) return;
    event.preventDefault();
    if (event.repeat) return;
    if (shortcut.held) {
      held = shortcut.name;
      swallowed = event.code;
    }
    handlers.press(shortcut.name);
  };
  const letGo = (): void => {
    if (held) handlers.release(held);
    held = null;
  };
  const up = (event: KeyboardEvent): void => {
    if (swallowed === null || event.code !== swallowed) return;
    // Buttons are pressed when Space comes up, in some browsers whatever became of
    // the key going down.
    event.preventDefault();
    swallowed = null;
    letGo();
  };
  window.addEventListener('pointerdown', pointed, true);
  window.addEventListener('keydown', typed, true);
  window.addEventListener('focusin', focused);
  window.addEventListener('keydown', down);
  window.addEventListener('keyup', up);
  window.addEventListener('blur', letGo);
  return () => {
    letGo();
    window.removeEventListener('pointerdown', pointed, true);
    window.removeEventListener('keydown', typed, true);
    window.removeEventListener('focusin', focused);
    window.removeEventListener('keydown', down);
    window.removeEventListener('keyup', up);
    window.removeEventListener('blur', letGo);
  };
}
