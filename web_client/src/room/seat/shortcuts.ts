/*
 * The keyboard shortcuts of the room: one table for the handlers and for the list that `?`
 * opens.
 *
 * Keys are matched by their position (`code`) if the layout writes no Latin letters, so
 * that M works while a Korean input method is on.
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
  /** `KeyboardEvent.key` in lower case. */
  readonly key: string;
  /** `KeyboardEvent.code`; null: the position does not matter. */
  readonly code: string | null;
  /** The label of the key in the list. */
  readonly shown: string;
}

export interface Shortcut {
  readonly name: ShortcutName;
  /** Alternative keys; the first one is named on the button. */
  readonly keys: readonly Key[];
  /** Fluent key of the description. */
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

/** The keys of a shortcut in the syntax of `aria-keyshortcuts`. */
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
  /** It takes text, or belongs to an open dialog. */
  readonly writing: boolean;
  /** Space presses it. */
  readonly pressable: boolean;
  /** It is the room's microphone button. */
  readonly microphone: boolean;
  /** It got the focus by a click, not by the Tab key. */
  readonly byPointer: boolean;
}

/**
 * Whether a key is a shortcut for the element that has the focus. Pure.
 *
 * Letters are shortcuts outside text fields. A held key must not switch the microphone on
 * permanently: it presses neither the microphone button, nor a button that has the focus
 * only because it was clicked before.
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
  /** The shortcuts that apply on this page; all if absent. */
  readonly only?: readonly ShortcutName[];
  readonly press: (name: ShortcutName) => void;
  /** The key of a held shortcut was released, or the window has lost the focus. */
  readonly release: (name: ShortcutName) => void;
}

/** Listens on the window until the returned function is called. */
export function listenShortcuts(handlers: ShortcutHandlers): () => void {
  let held: ShortcutName | null = null;
  // Outlives `held`: the key may be released only after the window lost the focus.
  let prevented: string | null = null;
  // `:focus-visible` is no evidence: browsers set it at the first key.
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
    if (event.repeat && event.code === prevented) {
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
      prevented = event.code;
    }
    handlers.press(shortcut.name);
  };
  const letGo = (): void => {
    if (held) handlers.release(held);
    held = null;
  };
  const up = (event: KeyboardEvent): void => {
    if (prevented === null || event.code !== prevented) return;
    // Buttons are pressed when Space is released, in some browsers even if the default
    // of `keydown` was prevented.
    event.preventDefault();
    prevented = null;
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
