/* Two soft tones for moderators: a participant joined or raised a hand. */

const TONES_HZ: Readonly<Record<'joined' | 'hand', readonly [number, number]>> = {
  joined: [523, 659],
  hand: [659, 784],
};
const LOUDNESS = 0.05; // of full scale. Higher: it disturbs those who listen to a speaker.
const TONE_S = 0.14;

let context: AudioContext | null = null;

/** Plays the tones; does nothing if the browser does not let the page play sound. */
export function chime(kind: 'joined' | 'hand'): void {
  try {
    context ??= new AudioContext();
    const audio = context;
    const volume = new GainNode(audio, { gain: LOUDNESS });
    volume.connect(audio.destination);
    TONES_HZ[kind].forEach((frequency, order) => {
      const tone = new OscillatorNode(audio, { frequency });
      tone.connect(volume);
      tone.start(audio.currentTime + order * TONE_S);
      tone.stop(audio.currentTime + (order + 1) * TONE_S);
    });
  } catch {
    // No sound device, or the page may not use it: the notice on the screen is enough.
  }
}
