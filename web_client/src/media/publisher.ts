/*
 * The publish peer connection: four sections in a fixed order, offered once.
 *
 * Switching something on or off replaces the track of its section and never
 * negotiates. `session.ts` carries offers and answers, this file makes them.
 */
import type { PublishedSection, SourceName } from '../protocol';
import type { CodecChoice } from '../state/settings';
import { preferred, sendable } from './codecs';

const CAMERA_BPS = 1_500_000; // 720p30 VP8; the server's budget is counted on it
const SCREEN_BPS = 2_500_000; // text stays sharp while scrolling
const VOICE_BPS = 40_000;
const SCREEN_AUDIO_BPS = 128_000;
/** A passing outage heals by itself; after this long it does not. */
export const GIVE_UP_AFTER_MS = 4000;

export const SECTIONS: readonly { source: SourceName; kind: 'audio' | 'video' }[] = [
  { source: 'microphone', kind: 'audio' },
  { source: 'camera', kind: 'video' },
  { source: 'screen', kind: 'video' },
  { source: 'screen_audio', kind: 'audio' },
];

const BITRATES: Readonly<Record<SourceName, number>> = {
  microphone: VOICE_BPS,
  camera: CAMERA_BPS,
  screen: SCREEN_BPS,
  screen_audio: SCREEN_AUDIO_BPS,
};

export type Negotiate = (request: {
  sdp: string;
  tracks: PublishedSection[];
}) => Promise<string>;

export class Publisher {
  readonly #pc: RTCPeerConnection;
  readonly #transceivers = new Map<SourceName, RTCRtpTransceiver>();
  readonly #negotiate: Negotiate;
  #offered: Promise<void> | null = null;
  #giveUp: ReturnType<typeof setTimeout> | undefined;

  constructor(negotiate: Negotiate, lost: () => void) {
    this.#negotiate = negotiate;
    this.#pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
    for (const { source, kind } of SECTIONS) {
      const encoding: RTCRtpEncodingParameters = { maxBitrate: BITRATES[source] };
      this.#transceivers.set(
        source,
        this.#pc.addTransceiver(kind, {
          direction: 'sendonly',
          sendEncodings: [encoding],
        }),
      );
    }
    this.#pc.addEventListener('connectionstatechange', () => {
      clearTimeout(this.#giveUp);
      const state = this.#pc.connectionState;
      if (state === 'failed') lost();
      if (state === 'disconnected') this.#giveUp = setTimeout(lost, GIVE_UP_AFTER_MS);
    });
  }

  get connected(): boolean {
    return this.#pc.connectionState === 'connected';
  }

  get broken(): boolean {
    const state = this.#pc.connectionState;
    return state === 'failed' || state === 'disconnected' || state === 'closed';
  }

  preferCodec(choice: CodecChoice): void {
    const codecs = sendable();
    if (codecs.length === 0) return;
    for (const source of ['camera', 'screen'] as const) {
      const transceiver = this.#transceivers.get(source);
      transceiver?.setCodecPreferences?.(preferred(codecs, choice));
    }
  }

  /** Puts a track into its section, or takes it out; no negotiation. */
  async place(source: SourceName, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#transceivers.get(source)?.sender;
    if (!sender || sender.track === track) return;
    await sender.replaceTrack(track);
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

  async stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  close(): void {
    clearTimeout(this.#giveUp);
    this.#pc.close();
  }

  async #offer(): Promise<void> {
    await this.#pc.setLocalDescription(await this.#pc.createOffer());
    const tracks = SECTIONS.flatMap(({ source }) => {
      const mid = this.#transceivers.get(source)?.mid;
      return typeof mid === 'string' ? [{ mid, source }] : [];
    });
    try {
      const sdp = await this.#negotiate({
        sdp: this.#pc.localDescription?.sdp ?? '',
        tracks,
      });
      await this.#pc.setRemoteDescription({ type: 'answer', sdp });
    } catch (error) {
      this.#offered = null;
      if (this.#pc.signalingState === 'have-local-offer') {
        await this.#pc.setLocalDescription({ type: 'rollback' });
      }
      throw error;
    }
  }
}
