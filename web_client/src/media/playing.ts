/*
 * Keeps sound and pictures playing that the browser or the system pauses.
 *
 * A telephone call, a headset that is pulled, a pause button outside the page: all of
 * them pause an element, and none starts it again. Here it is started at once, then again
 * and again, and at the person's next touch; until then `held` names the silent elements.
 */
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';

/** Looks for paused elements so often: not every pause makes an event. */
const LOOK_EVERY_MS = 1000;
/** Consecutive checks that must find it paused before that is reported. */
const HELD_AFTER = 2;
/** Events that count as a gesture that allows sound; `pointerdown` does not always. */
const GESTURES = ['pointerup', 'keydown'] as const;

const watched = new Map<HTMLMediaElement, { paused: number; held: boolean }>();
const held = signal<ReadonlySet<HTMLMediaElement>>(new Set());

const holds = (name: 'AUDIO' | 'VIDEO'): ReadonlySignal<boolean> =>
  computed(() => [...held.value].some((element) => element.tagName === name));

/** Voices are silent though they should be heard. */
export const soundHeld = holds('AUDIO');
/** Pictures are paused though they should play. */
export const picturesHeld = holds('VIDEO');

function hold(element: HTMLMediaElement, now: boolean): void {
  const state = watched.get(element);
  if (state) state.held = now;
  if (held.value.has(element) === now) return;
  const next = new Set(held.value);
  if (now) next.add(element);
  else next.delete(element);
  held.value = next;
}

function start(element: HTMLMediaElement): void {
  element.play().catch((error: unknown) => {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
    // The answer may be late: the element may play by now, or be removed.
    if (element.paused && watched.has(element)) hold(element, true);
  });
}

function look(): void {
  for (const [element, state] of watched) {
    if (!element.paused || element.srcObject === null) state.paused = 0;
    else {
      state.paused += 1;
      if (state.paused >= HELD_AFTER) hold(element, true);
      start(element);
    }
  }
}

/** Called from a click or a key: starts what is held back. */
export function playAll(): void {
  for (const element of watched.keys()) {
    if (element.paused && element.srcObject !== null) start(element);
  }
}

let stopLooking: (() => void) | null = null;

function lookOn(): () => void {
  const timer = setInterval(look, LOOK_EVERY_MS);
  // Back from a call or from another tab: at once.
  document.addEventListener('visibilitychange', look);
  const stopGestures = effect(() => {
    if (held.value.size === 0) return;
    // Any gesture will do, also one that misses the button.
    for (const name of GESTURES) window.addEventListener(name, playAll);
    return () => {
      for (const name of GESTURES) window.removeEventListener(name, playAll);
    };
  });
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
    stopGestures();
  };
}

/** Plays an element and keeps it playing until the returned function is called. */
export function keepPlaying(element: HTMLMediaElement): () => void {
  watched.set(element, { paused: 0, held: false });
  stopLooking ??= lookOn();
  const playing = (): void => hold(element, false);
  const paused = (): void => {
    if (watched.has(element) && element.srcObject !== null) start(element);
  };
  // The browser may start it by itself once the person has touched the page.
  element.addEventListener('playing', playing);
  element.addEventListener('pause', paused);
  start(element);
  return () => {
    element.removeEventListener('playing', playing);
    element.removeEventListener('pause', paused);
    hold(element, false);
    watched.delete(element);
    if (watched.size > 0) return;
    stopLooking?.();
    stopLooking = null;
  };
}
