/*
 * Restarts sound and pictures that the browser or the system has paused.
 *
 * A phone call, an unplugged headset or a pause button outside the page pauses an element,
 * and nothing resumes it. Here it is resumed at once, then repeatedly, and with the user's
 * next gesture; until it plays, it is in `held`.
 */
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';

/** How often paused elements are looked for: not every pause fires an event. */
const LOOK_EVERY_MS = 1000;
/** Consecutive checks that must find it paused before that is reported. */
const HELD_AFTER = 2;
/**
 * Events that browsers accept as a gesture that allows sound; not all accept
 * `pointerdown`.
 */
const GESTURES = ['pointerup', 'keydown'] as const;

const watched = new Map<HTMLMediaElement, { paused: number; held: boolean }>();
const held = signal<ReadonlySet<HTMLMediaElement>>(new Set());

const holds = (name: 'AUDIO' | 'VIDEO'): ReadonlySignal<boolean> =>
  computed(() => [...held.value].some((element) => element.tagName === name));

/** Voices are silent though they should be heard. */
export const soundHeld = holds('AUDIO');
/** Pictures are paused though they should play. */
export const picturesHeld = holds('VIDEO');

function setHeld(element: HTMLMediaElement, now: boolean): void {
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
    // The refusal may be late: the element may be playing or removed by now.
    if (element.paused && watched.has(element)) setHeld(element, true);
  });
}

function look(): void {
  for (const [element, state] of watched) {
    if (!element.paused || element.srcObject === null) state.paused = 0;
    else {
      state.paused += 1;
      if (state.paused >= HELD_AFTER) setHeld(element, true);
      start(element);
    }
  }
}

/** Starts all paused elements; called on a click or a key press. */
export function playAll(): void {
  for (const element of watched.keys()) {
    if (element.paused && element.srcObject !== null) start(element);
  }
}

let stopLooking: (() => void) | null = null;

function lookOn(): () => void {
  const timer = setInterval(look, LOOK_EVERY_MS);
  // The user may be back from a phone call or from another tab.
  document.addEventListener('visibilitychange', look);
  const stopGestures = effect(() => {
    if (held.value.size === 0) return;
    // Any gesture allows sound, also one beside the button.
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
  const playing = (): void => setHeld(element, false);
  const paused = (): void => {
    if (watched.has(element) && element.srcObject !== null) start(element);
  };
  // The browser may start it by itself after a gesture on the page.
  element.addEventListener('playing', playing);
  element.addEventListener('pause', paused);
  start(element);
  return () => {
    element.removeEventListener('playing', playing);
    element.removeEventListener('pause', paused);
    setHeld(element, false);
    watched.delete(element);
    if (watched.size > 0) return;
    stopLooking?.();
    stopLooking = null;
  };
}
