/*
 * The subscribe peer connection: answers the server's one offer and hands out
 * the track of each slot. When a route is lost, ICE restarts on the same connection; a
 * lost connection is replaced by a new one.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import type { SlotOffer } from '../protocol';
import { marked, type Recoverable } from './restart';
import { planOf, type Plan } from './slots';
import { inStereo } from './stereo';
import { STEP_WITHIN_MS, within } from '../deadline';

export type SubscribeState = 'none' | 'connecting' | 'connected' | 'broken';

export class Subscriber implements Recoverable {
  readonly #plan = signal<Plan>(new Map());
  readonly #tracks = signal<ReadonlyMap<string, MediaStreamTrack>>(new Map());
  readonly #state = signal<SubscribeState>('none');
  readonly #lost: () => void;
  #pc: RTCPeerConnection | null = null;
  /** The server's offer, once the connection has applied it. */
  #offer: string | null = null;
  #restarts = 0;
  /** Ends pending waits on the current connection: a closed one never answers. */
  #ended = new AbortController();
  /**
   * Milliseconds that pictures wait before they are shown; null: the browser decides.
   */
  #waitMs: number | null = null;

  constructor(lost: () => void) {
    this.#lost = lost;
  }

  get plan(): ReadonlySignal<Plan> {
    return this.#plan;
  }

  /** Track of each slot by mid; complete as soon as the offer is accepted. */
  get tracks(): ReadonlySignal<ReadonlyMap<string, MediaStreamTrack>> {
    return this.#tracks;
  }

  get pc(): RTCPeerConnection | null {
    return this.#pc;
  }

  get state(): ReadonlySignal<SubscribeState> {
    return this.#state;
  }

  /** Makes the connection's keys ahead of time: joining then need not wait. */
  prepare(): void {
    this.#pc ??= this.#create();
  }

  /** Takes an offer; `answer` carries the answer to the server. */
  async accept(
    offer: SlotOffer,
    answer: (sdp: string) => Promise<unknown>,
  ): Promise<void> {
    if (this.#state.value !== 'none') this.#discard();
    this.prepare();
    const pc = this.#pc;
    if (!pc) return;
    this.#state.value = 'connecting';
    try {
      await this.#negotiate(pc, offer, answer);
    } catch (error) {
      // A later offer may have replaced this connection meanwhile.
      if (pc === this.#pc) throw error;
    }
  }

  async #negotiate(
    pc: RTCPeerConnection,
    offer: SlotOffer,
    answer: (sdp: string) => Promise<unknown>,
  ): Promise<void> {
    await this.#answer(pc, offer.sdp);
    this.#plan.value = planOf(offer.slots);
    this.#tracks.value = new Map(
      pc
        .getTransceivers()
        .flatMap((t) => (t.mid === null ? [] : [[t.mid, t.receiver.track] as const])),
    );
    this.#offer = offer.sdp;
    this.wait(this.#waitMs);
    await answer(pc.localDescription?.sdp ?? '');
  }

  async #answer(pc: RTCPeerConnection, offer: string): Promise<void> {
    await this.#step(pc.setRemoteDescription({ type: 'offer', sdp: offer }));
    const { sdp = '' } = await this.#step(pc.createAnswer());
    const answer = { type: 'answer' as const, sdp: inStereo(sdp, offer) };
    await this.#step(pc.setLocalDescription(answer));
  }

  /** Delays pictures, and the sound that belongs to them, before they are played. */
  wait(ms: number | null): void {
    this.#waitMs = ms;
    for (const receiver of this.#pc?.getReceivers() ?? []) {
      if (receiver.track.kind === 'video') receiver.jitterBufferTarget = ms;
    }
  }

  async restart(): Promise<void> {
    const pc = this.#pc;
    const offer = this.#offer;
    if (!pc || offer === null || pc.signalingState !== 'stable') return;
    this.#restarts += 1;
    try {
      await this.#answer(pc, marked(offer, this.#restarts));
    } catch {
      // A later offer has replaced this connection meanwhile.
    }
  }

  replace(): void {
    if (this.#pc) this.#break(this.#pc);
  }

  close(): void {
    this.#discard();
    this.#state.value = 'none';
  }

  #discard(): void {
    const pc = this.#pc;
    this.#pc = null;
    this.#offer = null;
    this.#restarts = 0;
    this.#ended.abort();
    this.#ended = new AbortController();
    pc?.close();
  }

  /** Waits for a step of the current connection, and not beyond its end. */
  async #step<T>(asked: Promise<T>): Promise<T> {
    return within(STEP_WITHIN_MS, asked, this.#ended.signal);
  }

  #create(): RTCPeerConnection {
    const pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
    pc.addEventListener('connectionstatechange', () => {
      if (pc !== this.#pc) return;
      if (pc.connectionState === 'connected') this.#state.value = 'connected';
      // A connection that was established once is restarted; any other is replaced.
      else if (pc.connectionState === 'failed' && this.#state.value === 'connecting') {
        this.#break(pc);
      }
    });
    return pc;
  }

  #break(pc: RTCPeerConnection): void {
    if (pc !== this.#pc) return;
    this.#state.value = 'broken';
    this.#lost();
  }
}
