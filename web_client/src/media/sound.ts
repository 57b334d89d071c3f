/*
 * Plays every audio slot for as long as the seat is taken.
 *
 * The elements belong to no tile: a picture may come, go and change place, the
 * voice under it is not interrupted. Lips stay in sync because the browser pairs
 * tracks by their msid, not by the element that plays them.
 */
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals';
import { speaker } from '../state/settings';
import { SETTING_WITHIN_MS, within } from './waiting';

type Sinkable = HTMLMediaElement & { setSinkId?: (id: string) => Promise<void> };

export const canChooseSpeaker = (): boolean =>
  'setSinkId' in globalThis.HTMLMediaElement.prototype;

export async function useSpeaker(element: HTMLMediaElement, id: string): Promise<void> {
  try {
    await (element as Sinkable).setSinkId?.(id);
  } catch {
    // The speaker is gone: the browser plays on the default one.
  }
}

/** What counts as a gesture that allows sound; a pointer going down does not always. */
const GESTURES = ['pointerup', 'keydown'] as const;

export class Sound {
  readonly #elements = new Map<string, HTMLAudioElement>();
  /** Slots whose sound the browser holds back. */
  readonly #held = signal<ReadonlySet<string>>(new Set());
  readonly #blocked = computed(() => this.#held.value.size > 0);
  readonly #gesture = (): void => this.unblock();
  readonly #stop: () => void;

  constructor() {
    const stopSpeaker = effect(() => {
      const id = speaker.value;
      for (const element of this.#elements.values()) void useSpeaker(element, id);
    });
    const stopGestures = effect(() => {
      if (!this.#blocked.value) return;
      // Any gesture will do: nobody needs to look for the button.
      for (const name of GESTURES) window.addEventListener(name, this.#gesture);
      return () => {
        for (const name of GESTURES) window.removeEventListener(name, this.#gesture);
      };
    });
    this.#stop = () => {
      stopSpeaker();
      stopGestures();
    };
  }

  /** The browser wants a gesture before it plays. */
  get blocked(): ReadonlySignal<boolean> {
    return this.#blocked;
  }

  /** Plays these tracks and no others. */
  play(tracks: ReadonlyMap<string, MediaStreamTrack>): void {
    for (const [mid, element] of this.#elements) {
      if (!tracks.has(mid)) {
        element.remove();
        element.srcObject = null;
        this.#elements.delete(mid);
        this.#hold(mid, false);
      }
    }
    for (const [mid, track] of tracks) {
      const element = this.#elements.get(mid) ?? this.#create(mid);
      const [present] = (element.srcObject as MediaStream | null)?.getTracks() ?? [];
      if (present === track) continue;
      element.srcObject = new MediaStream([track]);
      this.#start(mid, element);
    }
  }

  /** Called from a click: plays what the browser held back. */
  unblock(): void {
    this.#held.value = new Set();
    for (const [mid, element] of this.#elements) this.#start(mid, element);
  }

  close(): void {
    this.#stop();
    this.play(new Map());
  }

  #create(mid: string): HTMLAudioElement {
    const element = document.createElement('audio');
    element.autoplay = true;
    element.dataset.slot = mid;
    // The browser may start it by itself once the person has touched the page.
    element.addEventListener('playing', () => this.#hold(mid, false));
    document.body.append(element);
    this.#elements.set(mid, element);
    if (speaker.value !== '') void useSpeaker(element, speaker.value);
    return element;
  }

  #start(mid: string, element: HTMLAudioElement): void {
    element.play().catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      // The answer may be late: it may play by now, or be gone.
      if (element.paused && this.#elements.get(mid) === element) this.#hold(mid, true);
    });
  }

  #hold(mid: string, held: boolean): void {
    if (this.#held.value.has(mid) === held) return;
    const next = new Set(this.#held.value);
    if (held) next.add(mid);
    else next.delete(mid);
    this.#held.value = next;
  }
}

const TONE_HZ = 660;
const TONE_S = 0.8;

/** A short tone as a WAV file: the speaker test needs an element to route. */
function tone(): Blob {
  const rate = 48_000;
  const count = Math.round(rate * TONE_S);
  const data = new DataView(new ArrayBuffer(44 + count * 2));
  const text = (at: number, value: string): void => {
    for (let i = 0; i < value.length; i += 1)
      data.setUint8(at + i, value.charCodeAt(i));
  };
  text(0, 'RIFF');
  data.setUint32(4, 36 + count * 2, true);
  text(8, 'WAVEfmt ');
  data.setUint32(16, 16, true);
  data.setUint16(20, 1, true);
  data.setUint16(22, 1, true);
  data.setUint32(24, rate, true);
  data.setUint32(28, rate * 2, true);
  data.setUint16(32, 2, true);
  data.setUint16(34, 16, true);
  text(36, 'data');
  data.setUint32(40, count * 2, true);
  for (let i = 0; i < count; i += 1) {
    const fade = Math.min(1, i / 2400, (count - i) / 2400);
    const value = Math.sin((2 * Math.PI * TONE_HZ * i) / rate) * 0.3 * fade;
    data.setInt16(44 + i * 2, Math.round(value * 32_767), true);
  }
  return new Blob([data], { type: 'audio/wav' });
}

/** Plays the test tone on the chosen speaker, through the given element. */
export async function testSpeaker(element: HTMLAudioElement): Promise<void> {
  const url = URL.createObjectURL(tone());
  element.src = url;
  await useSpeaker(element, speaker.value);
  try {
    await within(SETTING_WITHIN_MS, element.play());
  } finally {
    element.addEventListener('ended', () => URL.revokeObjectURL(url), { once: true });
  }
}
