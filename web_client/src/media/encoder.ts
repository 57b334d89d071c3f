/*
 * Keeps the encodings of one sender as requested.
 *
 * A sender accepts one change of its parameters at a time. While one is applied, only the
 * newest request is kept; older ones are skipped.
 */
import { SETTING_WITHIN_MS, within } from '../deadline';
import { encodings, type Encoding, type VideoSource, type Wanted } from './layers';

const KEYS = [
  'active',
  'maxBitrate',
  'maxFramerate',
  'scaleResolutionDownBy',
  'scalabilityMode',
] as const satisfies readonly (keyof Encoding)[];

type Parameters = RTCRtpSendParameters & {
  degradationPreference?: RTCDegradationPreference;
};

export class Encoder {
  readonly #sender: RTCRtpSender;
  #wanted: Wanted;
  #running = false;
  #again = false;
  /** The browser or the codec refuses `scalabilityMode`. */
  #plain = false;

  constructor(sender: RTCRtpSender, source: VideoSource) {
    this.#sender = sender;
    this.#wanted = { source, lines: null, layers: null, style: 'sharp', codec: null };
  }

  /**
   * Changes the requested encodings; settles when the sender has applied them, or
   * cannot.
   */
  async want(change: Partial<Wanted>): Promise<void> {
    if (change.codec !== undefined && change.codec !== this.#wanted.codec) {
      this.#plain = false;
    }
    this.#wanted = { ...this.#wanted, ...change };
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    try {
      do {
        this.#again = false;
        await this.#set();
      } while (this.#again);
    } finally {
      this.#running = false;
    }
  }

  async #set(): Promise<void> {
    const parameters: Parameters = this.#sender.getParameters();
    const present = parameters.encodings;
    if (present.length === 0) return; // closed, or nothing negotiated yet
    const wanted = encodings(this.#wanted, present.length);
    let changed = false;
    for (const [at, encoding] of present.entries()) {
      for (const key of KEYS) {
        const value =
          key === 'scalabilityMode' && this.#plain ? undefined : wanted[at]?.[key];
        if ((encoding as Encoding)[key] === value) continue;
        changed = true;
        if (value === undefined) delete (encoding as Encoding)[key];
        else Object.assign(encoding, { [key]: value });
      }
    }
    const degradation = this.#degradation();
    if (parameters.degradationPreference !== degradation) {
      parameters.degradationPreference = degradation;
      changed = true;
    }
    if (!changed) return;
    try {
      await within(SETTING_WITHIN_MS, this.#sender.setParameters(parameters));
    } catch (error) {
      if (!(error instanceof DOMException) || error.name === 'InvalidStateError')
        return;
      // Most likely the scalability mode is refused: layers can be switched without it.
      if (!this.#plain) {
        this.#plain = true;
        this.#again = true;
      }
    }
  }

  /**
   * What the browser reduces when link or processor is too slow: the frame rate. Sizes
   * are chosen by layers; a browser that scales a layer down by itself takes half a minute
   * to scale it up again.
   */
  #degradation(): RTCDegradationPreference {
    const { source, style } = this.#wanted;
    return source === 'screen' && style === 'motion'
      ? 'maintain-framerate'
      : 'maintain-resolution';
  }
}
