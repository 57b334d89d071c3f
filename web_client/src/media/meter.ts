/* How loud a microphone is now, for the meter and for "you are muted". */

const FLOOR_DB = -60; // below it a meter shows nothing
const SPEECH_LEVEL = 0.35; // of the meter: about -39 dBFS, speech at arm's length
const SPEECH_FOR_MS = 900; // a cough or a key stroke is shorter
const PAUSE_MS = 1200; // between words; longer ends the speech
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
  #toldAt = Number.NEGATIVE_INFINITY;

  /** Takes a level; true: show the hint now. `now` in milliseconds. */
  heard(level: number, muted: boolean, now: number): boolean {
    if (!muted || now - this.#lastLoud > PAUSE_MS) this.#since = null;
    if (!muted || level < SPEECH_LEVEL) return false;
    this.#lastLoud = now;
    this.#since ??= now;
    if (now - this.#since < SPEECH_FOR_MS || now - this.#toldAt < HINT_EVERY_MS) {
      return false;
    }
    this.#toldAt = now;
    return true;
  }
}

const EVERY_MS = 100; // the eye wants 10 a second, speech detection needs no more

/** Measures a track until the returned function is called. */
export function meter(
  track: MediaStreamTrack,
  heard: (level: number) => void,
): () => void {
  let context: AudioContext;
  try {
    context = new AudioContext();
  } catch {
    return () => undefined; // no audio device at all: nothing to measure with
  }
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  try {
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  } catch {
    // A rate that this browser does not mix: the microphone works, only unmeasured.
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
  // The system interrupts it, for a telephone call for example.
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
