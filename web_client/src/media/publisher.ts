/*
 * The publish peer connection: four sections in a fixed order, offered once.
 *
 * Switching a source on or off replaces the track of its section without negotiation, and
 * so does switching layers. `room/seat/sending.ts` exchanges the offers and answers.
 */
import type { PublishedSection, SourceName } from '../protocol';
import type { CodecChoice } from '../state/settings';
import { preferred, sendable } from './codecs';
import { Encoder } from './encoder';
import { encodings, negotiated, type Style, type VideoSource } from './layers';
import { marked, type Recoverable } from './restart';
import { STEP_WITHIN_MS, within } from '../deadline';

const VOICE_BPS = 40_000;
const SCREEN_AUDIO_BPS = 128_000;
export const SECTIONS: readonly { source: SourceName; kind: 'audio' | 'video' }[] = [
  { source: 'microphone', kind: 'audio' },
  { source: 'camera', kind: 'video' },
  { source: 'screen', kind: 'video' },
  { source: 'screen_audio', kind: 'audio' },
];

/**
 * Whether this is Firefox: no feature test shows how it distributes bandwidth over
 * layers.
 */
const GECKO = 'mozInnerScreenX' in globalThis;

const VIDEO_SOURCES = ['camera', 'screen'] as const satisfies readonly VideoSource[];

/**
 * The first encodings of a section; all video layers are on until the server requests
 * fewer.
 */
function firstEncodings(source: SourceName): RTCRtpEncodingParameters[] {
  if (source === 'microphone') return [{ maxBitrate: VOICE_BPS }];
  if (source === 'screen_audio') return [{ maxBitrate: SCREEN_AUDIO_BPS }];
  const wanted = { source, lines: null, layers: null, codec: null } as const;
  return encodings({ ...wanted, style: 'sharp' }, negotiated(source, GECKO));
}

function addSection(
  pc: RTCPeerConnection,
  kind: 'audio' | 'video',
  sendEncodings: RTCRtpEncodingParameters[],
): RTCRtpTransceiver {
  try {
    return pc.addTransceiver(kind, { direction: 'sendonly', sendEncodings });
  } catch {
    // The browser does not know this scalability mode; it may choose by itself.
    const plain = sendEncodings.map((e) => ({ ...e, scalabilityMode: undefined }));
    return pc.addTransceiver(kind, { direction: 'sendonly', sendEncodings: plain });
  }
}

/** The shorter side of a picture in pixels; null: not reported. */
function linesOf(track: MediaStreamTrack | null): number | null {
  const { width, height } = track?.getSettings() ?? {};
  return width && height ? Math.min(width, height) : null;
}

export type Section = Pick<PublishedSection, 'mid' | 'source'>;

/** Sends an offer with the sources of its sections; resolves with the answer. */
export type Negotiate = (sdp: string, sections: Section[]) => Promise<string>;

export class Publisher implements Recoverable {
  readonly #pc: RTCPeerConnection;
  readonly #transceivers = new Map<SourceName, RTCRtpTransceiver>();
  readonly #encoders = new Map<VideoSource, Encoder>();
  readonly #negotiate: Negotiate;
  readonly #lost: () => void;
  #offered: Promise<void> | null = null;
  /** The server's last answer, unchanged. */
  #answer: string | null = null;
  #restarts = 0;
  /** Ends pending waits on the connection: a closed one never answers. */
  readonly #ended = new AbortController();
  #wasConnected = false;

  constructor(negotiate: Negotiate, lost: () => void) {
    this.#negotiate = negotiate;
    this.#lost = lost;
    this.#pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
    for (const { source, kind } of SECTIONS) {
      const transceiver = addSection(this.#pc, kind, firstEncodings(source));
      this.#transceivers.set(source, transceiver);
      if (source === 'camera' || source === 'screen') {
        this.#encoders.set(source, new Encoder(transceiver.sender, source));
      }
    }
    this.#pc.addEventListener('connectionstatechange', () => {
      const state = this.#pc.connectionState;
      this.#wasConnected ||= state === 'connected';
      // A leg that was connected once is restarted; any other is replaced.
      if (state === 'failed' && !this.#wasConnected) lost();
    });
  }

  get connected(): boolean {
    return this.#pc.connectionState === 'connected';
  }

  get broken(): boolean {
    return this.#pc.connectionState === 'closed';
  }

  get pc(): RTCPeerConnection {
    return this.#pc;
  }

  preferCodec(choice: CodecChoice): void {
    const codecs = sendable();
    if (codecs.length === 0) return;
    for (const source of VIDEO_SOURCES) {
      const transceiver = this.#transceivers.get(source);
      transceiver?.setCodecPreferences?.(preferred(codecs, choice));
    }
  }

  /** Puts a track into its section, or takes it out; no negotiation. */
  async place(source: SourceName, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#transceivers.get(source)?.sender;
    if (!sender || sender.track === track) return;
    await this.#step(sender.replaceTrack(track));
    if (track && (source === 'camera' || source === 'screen')) {
      void this.#encoders.get(source)?.want({ lines: linesOf(track) });
    }
  }

  /** Sends these layers of a source and no others; null: all. */
  async layers(source: VideoSource, layers: readonly number[] | null): Promise<void> {
    await this.#encoders.get(source)?.want({ layers });
  }

  /** Sets the style of the shared picture; takes effect without negotiation. */
  async style(style: Style): Promise<void> {
    await this.#encoders.get('screen')?.want({ style });
  }

  /** Offers once; later calls wait for the same offer. */
  async offered(): Promise<void> {
    this.#offered ??= this.#offer();
    return this.#offered;
  }

  /** Offers again on the same connection: the server wants another codec. */
  async offerAgain(): Promise<void> {
    await this.#offered?.catch(() => undefined);
    this.#offered = this.#offer();
    return this.#offered;
  }

  async restart(): Promise<void> {
    if (this.#answer === null) return;
    this.#offered = (this.#offered ?? Promise.resolve()).then(() => this.#restart());
    return this.#offered;
  }

  replace(): void {
    this.#lost();
  }

  close(): void {
    this.#ended.abort();
    this.#pc.close();
  }

  /** Waits for a step of the connection, and not beyond its end. */
  async #step<T>(asked: Promise<T>): Promise<T> {
    return within(STEP_WITHIN_MS, asked, this.#ended.signal);
  }

  async #offer(): Promise<void> {
    const offer = await this.#step(this.#pc.createOffer());
    await this.#step(this.#pc.setLocalDescription(offer));
    const sections = SECTIONS.flatMap(({ source }) => {
      const mid = this.#transceivers.get(source)?.mid;
      return typeof mid === 'string' ? [{ mid, source }] : [];
    });
    try {
      const sdp = await this.#negotiate(this.#pc.localDescription?.sdp ?? '', sections);
      this.#answer = sdp;
      await this.#applyAnswer(sdp);
      for (const source of VIDEO_SOURCES) {
        void this.#encoders.get(source)?.want({ codec: this.#codecOf(source) });
      }
    } catch (error) {
      this.#offered = null;
      await this.#rollBack();
      throw error;
    }
  }

  async #restart(): Promise<void> {
    const answer = this.#answer;
    if (answer === null || this.#pc.signalingState !== 'stable') return;
    this.#restarts += 1;
    try {
      const offer = await this.#step(this.#pc.createOffer({ iceRestart: true }));
      await this.#step(this.#pc.setLocalDescription(offer));
      await this.#applyAnswer(answer);
    } catch {
      await this.#rollBack(); // it may have been closed meanwhile
    }
  }

  async #applyAnswer(sdp: string): Promise<void> {
    const answer = { type: 'answer', sdp: marked(sdp, this.#restarts) } as const;
    await this.#step(this.#pc.setRemoteDescription(answer));
  }

  async #rollBack(): Promise<void> {
    if (this.#pc.signalingState === 'have-local-offer') {
      await this.#step(this.#pc.setLocalDescription({ type: 'rollback' }));
    }
  }

  /** The codec that the answer selected, in capitals. */
  #codecOf(source: VideoSource): string | null {
    const [codec] = this.#transceivers.get(source)?.sender.getParameters().codecs ?? [];
    return codec?.mimeType.slice('video/'.length).toUpperCase() ?? null;
  }
}
