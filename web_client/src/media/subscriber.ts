/*
 * The subscribe peer connection: answers the server's one offer and hands out
 * the track of each slot. A lost connection is replaced by a new one.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import type { SlotOffer } from '../protocol';
import { GIVE_UP_AFTER_MS } from './publisher';
import { planOf, type Plan } from './slots';

export type SubscribeState = 'none' | 'connecting' | 'connected' | 'broken';

export class Subscriber {
  readonly #plan = signal<Plan>(new Map());
  readonly #tracks = signal<ReadonlyMap<string, MediaStreamTrack>>(new Map());
  readonly #state = signal<SubscribeState>('none');
  readonly #lost: () => void;
  #pc: RTCPeerConnection | null = null;
  #giveUp: ReturnType<typeof setTimeout> | undefined;

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
    await pc.setRemoteDescription({ type: 'offer', sdp: offer.sdp });
    const local = await pc.createAnswer();
    // A later offer may have taken this connection's place meanwhile.
    if (pc !== this.#pc) return;
    await pc.setLocalDescription(local);
    this.#plan.value = planOf(offer.slots);
    this.#tracks.value = new Map(
      pc
        .getTransceivers()
        .flatMap((t) => (t.mid === null ? [] : [[t.mid, t.receiver.track] as const])),
    );
    await answer(pc.localDescription?.sdp ?? '');
  }

  async stats(): Promise<RTCStatsReport | null> {
    return this.#pc ? this.#pc.getStats() : null;
  }

  close(): void {
    this.#discard();
    this.#state.value = 'none';
  }

  #discard(): void {
    clearTimeout(this.#giveUp);
    const pc = this.#pc;
    this.#pc = null;
    pc?.close();
  }

  #create(): RTCPeerConnection {
    const pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
    pc.addEventListener('connectionstatechange', () => {
      if (pc !== this.#pc) return;
      clearTimeout(this.#giveUp);
      switch (pc.connectionState) {
        case 'connected':
          this.#state.value = 'connected';
          break;
        case 'disconnected':
          this.#giveUp = setTimeout(() => this.#break(pc), GIVE_UP_AFTER_MS);
          break;
        case 'failed':
          this.#break(pc);
          break;
        default:
          break;
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
