/* The level of a microphone, for the meter and for the hint "you are muted". */

const FLOOR_DB = -60; // the meter shows nothing below
const SPEECH_LEVEL = 0.35; // of the meter's scale: about -39 dBFS, speech at arm's length
const SPEECH_FOR_MS = 900; // longer than a cough or a key stroke
const PAUSE_MS = 1200; // a longer pause ends the speech
const HINT_EVERY_MS = 30_000;

/** Level 0…1 on a scale of decibels, from samples of -1…1. Pure. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  if (sum === 0) return 0;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

/** Decides when to remind a speaking user that the microphone is muted. Pure. */
export class MutedSpeech {
  #since: number | null = null;
  #lastLoud = Number.NEGATIVE_INFINITY;
  #hintedAt = Number.NEGATIVE_INFINITY;

  /** Takes a level; true: show the hint now. `now` in milliseconds. */
  heard(level: number, muted: boolean, now: number): boolean {
    if (!muted || now - this.#lastLoud > PAUSE_MS) this.#since = null;
    if (!muted || level < SPEECH_LEVEL) return false;
    this.#lastLoud = now;
    this.#since ??= now;
    if (now - this.#since < SPEECH_FOR_MS || now - this.#hintedAt < HINT_EVERY_MS) {
      return false;
    }
    this.#hintedAt = now;
    return true;
  }
}

const EVERY_MS = 100; // enough for a smooth meter and for speech detection

/** Measures a track until the returned function is called. */
export function meter(
  track: MediaStreamTrack,
  heard: (level: number) => void,
): () => void {
  let context: AudioContext;
  try {
    context = new AudioContext();
  } catch {
    return () => undefined; // without an audio device nothing can be measured
  }
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  try {
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  } catch {
    // The browser cannot process this sample rate: the microphone works without a
    // meter.
    void context.close().catch(() => undefined);
    return () => undefined;
  }
  const samples = new Float32Array(analyser.fftSize);
  const resume = (): void => {
    const { state } = context;
    if (state === 'running' || state === 'closed') return;
    void context.resume().catch(() => undefined);
  };
  resume();
  // The system may suspend it, for a phone call for example.
  context.addEventListener('statechange', resume);
  // Some browsers start audio only after a gesture.
  window.addEventListener('pointerdown', resume);
  window.addEventListener('keydown', resume);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    heard(levelOf(samples));
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    context.removeEventListener('statechange', resume);
    window.removeEventListener('pointerdown', resume);
    window.removeEventListener('keydown', resume);
    void context.close().catch(() => undefined);
  };
}
