/*
 * Plays every audio slot for as long as the seat is taken.
 *
 * The elements belong to no tile, so that a voice is not interrupted when pictures appear,
 * disappear or move. Lips stay in sync because the browser pairs tracks by their msid, not
 * by the element that plays them.
 */
import { effect } from '@preact/signals';
import { speaker } from '../state/settings';
import { keepPlaying } from './playing';
import { follow, useSpeaker } from './speaker';
import { SETTING_WITHIN_MS, within } from '../deadline';

interface Playing {
  readonly element: HTMLAudioElement;
  readonly stop: () => void;
}

export class Sound {
  readonly #playing = new Map<string, Playing>();
  readonly #stop: () => void;

  constructor() {
    this.#stop = effect(() => {
      // Read outside of the loop, so that it is followed while there is no element yet.
      void follow.value;
      for (const { element } of this.#playing.values()) void useSpeaker(element);
    });
  }

  /** Plays these tracks and no others. */
  play(tracks: ReadonlyMap<string, MediaStreamTrack>): void {
    for (const [mid, { element, stop }] of this.#playing) {
      if (tracks.has(mid)) continue;
      stop();
      element.remove();
      element.srcObject = null;
      this.#playing.delete(mid);
    }
    for (const [mid, track] of tracks) {
      const element = this.#playing.get(mid)?.element;
      const [present] = (element?.srcObject as MediaStream | null)?.getTracks() ?? [];
      if (present !== track) this.#start(mid, track);
    }
  }

  close(): void {
    this.#stop();
    this.play(new Map());
  }

  #start(mid: string, track: MediaStreamTrack): void {
    const before = this.#playing.get(mid);
    before?.stop();
    const element = before?.element ?? this.#create(mid);
    element.srcObject = new MediaStream([track]);
    this.#playing.set(mid, { element, stop: keepPlaying(element) });
  }

  #create(mid: string): HTMLAudioElement {
    const element = document.createElement('audio');
    element.autoplay = true;
    element.dataset.slot = mid;
    document.body.append(element);
    if (speaker.value !== '') void useSpeaker(element);
    return element;
  }
}

const TONE_HZ = 660;
const TONE_S = 0.8;

/** A short tone as a WAV file: the speaker can be chosen only for a media element. */
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
  await useSpeaker(element);
  try {
    await within(SETTING_WITHIN_MS, element.play());
  } finally {
    element.addEventListener('ended', () => URL.revokeObjectURL(url), { once: true });
  }
}
