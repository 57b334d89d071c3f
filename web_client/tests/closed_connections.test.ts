/*
 * What a closed peer connection leaves unanswered must hold nothing up: the
 * specification aborts its steps without settling their promises.
 */
import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { canConnect } from '../src/media/ability';
import type { LocalMedia } from '../src/media/local';
import { Subscriber } from '../src/media/subscriber';
import { Unanswered } from '../src/deadline';
import type { SlotOffer } from '../src/protocol';
import { Sending } from '../src/room/seat/sending';
import type { Link } from '../src/signaling/link';

const never = new Promise<never>(() => undefined);
const OFFER: SlotOffer = { generation: 1, sdp: 'v=0\r\n', slots: [] };

/**
 * Answers everything, unless it is closed; `stuck` ones answer nothing from the start.
 */
class Connection extends EventTarget {
  static made: Connection[] = [];
  static stuck = new Set<number>();
  connectionState = 'new';
  signalingState = 'stable';
  localDescription = { type: 'answer', sdp: 'v=0\r\n' };
  readonly #stuck = Connection.stuck.has(Connection.made.length);

  constructor() {
    super();
    Connection.made.push(this);
  }

  async #settle<T>(value: T): Promise<T> {
    return this.#stuck ? never : value;
  }
  setRemoteDescription = () => this.#settle(undefined);
  setLocalDescription = () => this.#settle(undefined);
  createAnswer = () => this.#settle({ type: 'answer', sdp: 'v=0\r\n' });
  createOffer = () => this.#settle({ type: 'offer', sdp: 'v=0\r\n' });
  getTransceivers = () => [];
  getReceivers = () => [];
  getSenders = () => [];
  addTransceiver = (kind: string) => ({
    mid: kind,
    sender: {
      track: null,
      replaceTrack: () => this.#settle(undefined),
      getParameters: () => ({ encodings: [], codecs: [] }),
    },
  });
  close(): void {
    this.connectionState = 'closed';
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('RTCPeerConnection', Connection);
  expect(canConnect()).toBe(true); // it makes one to find out
  Connection.made = [];
  Connection.stuck = new Set();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('receiving', () => {
  it('abandons an offer at once when a newer one arrives', async () => {
    Connection.stuck = new Set([0]);
    const subscriber = new Subscriber(() => undefined);
    const answer = vi.fn(async () => undefined);
    const first = subscriber.accept(OFFER, answer);
    await subscriber.accept(OFFER, answer);
    await first; // no failure either: nothing is asked for again
    expect(answer).toHaveBeenCalledTimes(1);
    expect(Connection.made).toHaveLength(2);
  });

  it('fails when the browser does not answer, so that the offer is repeated', async () => {
    Connection.stuck = new Set([0]);
    const subscriber = new Subscriber(() => undefined);
    const outcome = expect(subscriber.accept(OFFER, vi.fn())).rejects.toThrow(
      Unanswered,
    );
    await vi.advanceTimersByTimeAsync(8000);
    await outcome;
  });
});

describe('sending', () => {
  it('makes a new connection after one that was closed during an offer', async () => {
    // The first is stuck when the server comes back without our tracks.
    Connection.stuck = new Set([0]);
    const request = vi.fn(async () => ({ sdp: 'v=0\r\n' }));
    const link = { phase: signal({ name: 'online' }), request } as unknown as Link;
    const track = { kind: 'audio', getSettings: () => ({}) };
    const local = {
      on: () => true,
      shared: signal(null),
      tracks: signal(new Map([['microphone', track]])),
      close: () => undefined,
    } as unknown as LocalMedia;
    const failed = vi.fn();
    const sending = new Sending(link, local, failed);
    sending.allow(true);
    await vi.advanceTimersByTimeAsync(10);
    expect(request).not.toHaveBeenCalled();

    sending.cameBack(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(Connection.made).toHaveLength(2);
    expect(request).toHaveBeenCalledWith('media.publish', expect.anything());
    expect(failed).not.toHaveBeenCalled();
    sending.close();
  });

  it('keeps the new connection when an offer of the old one is abandoned', async () => {
    const request = vi.fn(async () => ({ sdp: 'v=0\r\n' }));
    const link = { phase: signal({ name: 'online' }), request } as unknown as Link;
    const track = { kind: 'audio', getSettings: () => ({}) };
    const local = {
      on: () => true,
      shared: signal(null),
      tracks: signal(new Map([['microphone', track]])),
      close: () => undefined,
    } as unknown as LocalMedia;
    const sending = new Sending(link, local, vi.fn());
    sending.allow(true);
    await vi.advanceTimersByTimeAsync(10);
    const [old] = Connection.made;
    Object.assign(old ?? {}, {
      createOffer: () => never,
      setLocalDescription: () => never,
    });
    const again = sending.offerAgain();
    await vi.advanceTimersByTimeAsync(10);

    sending.cameBack(false);
    await again;
    await vi.advanceTimersByTimeAsync(4000);
    expect(Connection.made.map((pc) => pc.connectionState)).toEqual(['closed', 'new']);
    sending.close();
  });
});
