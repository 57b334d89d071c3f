/*
 * Incoming media: keeps one subscribe connection alive, plays its sound and finds the
 * picture of a participant.
 */
import { effect, signal } from '@preact/signals';
import { canConnect } from '../../media/ability';
import { PlayoutDelay, type LinkSample } from '../../media/playout_delay';
import type { SlotOffer, SlotState, SourceName } from '../../protocol';
import { audioMids, pictureOf } from '../../media/slots';
import { Sound } from '../../media/sound';
import { Subscriber } from '../../media/subscriber';
import type { Link } from '../../signaling/link';
import { CodedError } from '../../signaling/errors';

const RETRY_MS = 1500; // the server allows one negotiation a second

export interface ShownPicture {
  /** Null until the slot has its track. */
  readonly track: MediaStreamTrack | null;
  readonly undecodable: boolean;
  readonly starved: boolean;
}

export class Receiving {
  readonly sound = new Sound();
  readonly subscriber: Subscriber;
  /** Set once, when the first remote frame was shown. */
  readonly firstFrame = signal(false);
  /** Milliseconds that pictures wait for retransmissions; null: they do not. */
  readonly waitMs = signal<number | null>(null);
  readonly #playoutDelay = new PlayoutDelay();
  readonly #link: Link;
  readonly #stop: () => void;
  #asking = false;
  #closed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(link: Link) {
    this.#link = link;
    this.subscriber = new Subscriber(() => void this.renew());
    this.#stop = effect(() => {
      const tracks = this.subscriber.tracks.value;
      const mids = audioMids(this.subscriber.plan.value);
      this.sound.play(
        new Map(
          mids.flatMap((mid) => {
            const track = tracks.get(mid);
            return track ? [[mid, track] as const] : [];
          }),
        ),
      );
    });
  }

  /** Whether a new offer is needed to receive media. */
  get lost(): boolean {
    const state = this.subscriber.state.value;
    return state === 'none' || state === 'broken';
  }

  async accept(offer: SlotOffer): Promise<void> {
    try {
      await this.subscriber.accept(offer, (sdp) =>
        this.#link.request('media.answer', { generation: offer.generation, sdp }),
      );
    } catch {
      this.#later();
    }
  }

  /** Requests a new offer, and repeats that while the socket is connected. */
  async renew(): Promise<void> {
    if (this.#asking || this.#closed || !canConnect()) return;
    if (this.#link.phase.value.name !== 'online') return;
    this.#asking = true;
    try {
      await this.accept(await this.#link.request('media.subscribe', {}));
    } catch (error) {
      if (error instanceof CodedError) this.#later();
      // Without an answer the socket reconnects first, which requests an offer again.
    } finally {
      this.#asking = false;
    }
  }

  /** The picture of a participant's source, if a slot carries it. */
  picture(
    slots: ReadonlyMap<string, SlotState>,
    participant: string,
    source: SourceName,
  ): ShownPicture | null {
    const found = pictureOf(this.subscriber.plan.value, slots, participant, source);
    if (!found) return null;
    return {
      track: this.subscriber.tracks.value.get(found.mid) ?? null,
      undecodable: found.undecodable,
      starved: found.starved,
    };
  }

  /**
   * Adapts the playout delay to the link's latest figures; called every two seconds.
   */
  watch(sample: LinkSample): void {
    // The browser has no API for the playout delay.
    if (!('jitterBufferTarget' in RTCRtpReceiver.prototype)) return;
    if (!this.#playoutDelay.take(sample)) return;
    this.waitMs.value = this.#playoutDelay.waitMs;
    this.subscriber.wait(this.waitMs.value);
  }

  /** Called by picture elements at their first frame. */
  frameSeen(): void {
    if (this.firstFrame.value) return;
    this.firstFrame.value = true;
    performance.mark('pavilion-first-frame');
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#stop();
    this.sound.close();
    this.subscriber.close();
  }

  #later(): void {
    clearTimeout(this.#retry);
    if (!this.#closed) this.#retry = setTimeout(() => void this.renew(), RETRY_MS);
  }
}
