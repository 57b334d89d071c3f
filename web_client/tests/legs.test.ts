import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  countersOf,
  StatsRequests,
  sampleOf,
  LegTracker,
  type LegSample,
} from '../src/media/legs';
import { count } from '../src/media/quality';
import { Unanswered, within } from '../src/deadline';

const NOTHING = count([]);
const report = (packetsReceived: number): RTCStatsReport =>
  new Map([['a', { id: 'a', type: 'inbound-rtp', packetsReceived }]]);
const seen = (change: Partial<LegSample> = {}): LegSample => ({
  name: 'receive',
  state: 'connected',
  report: report(1),
  ...change,
});

describe('the state of a leg', () => {
  it('allows a first connection some seconds', () => {
    const tracker = new LegTracker();
    expect(tracker.observe('receive', null, 0)).toBe('connecting');
    expect(tracker.observe('receive', 'connecting', 5900)).toBe('connecting');
    expect(tracker.observe('receive', 'connecting', 6000)).toBe('down');
    expect(tracker.observe('receive', 'connected', 7000)).toBe('connected');
  });

  it('is down at once after it was connected, also when it is replaced', () => {
    const tracker = new LegTracker();
    tracker.observe('receive', 'connected', 0);
    expect(tracker.observe('receive', 'disconnected', 100)).toBe('down');
    expect(tracker.observe('receive', null, 200)).toBe('down');
    expect(tracker.observe('receive', 'new', 300)).toBe('down');
    expect(tracker.observe('receive', 'connected', 400)).toBe('connected');
  });

  it('is absent for a seat that sends nothing', () => {
    const tracker = new LegTracker();
    expect(tracker.observe('send', null, 0)).toBe('absent');
    expect(tracker.observe('send', 'new', 20_000)).toBe('absent');
    expect(tracker.observe('send', 'connecting', 21_000)).toBe('connecting');
    expect(tracker.observe('send', 'failed', 40_000)).toBe('down');
    expect(tracker.observe('send', null, 41_000)).toBe('absent');
  });
});

describe('a sample of all legs', () => {
  it('is connected only when each leg is connected and has given statistics', () => {
    const send = (change: Partial<LegSample>): LegSample =>
      seen({ name: 'send', ...change });
    const state = (...legs: LegSample[]): string =>
      sampleOf(legs, NOTHING, true, 0).state;
    expect(state(seen(), send({}))).toBe('connected');
    expect(state(seen(), send({ state: 'absent', report: null }))).toBe('connected');
    expect(state(seen(), send({ report: null }))).toBe('unmeasured');
    expect(state(seen(), send({ state: 'connecting' }))).toBe('unmeasured');
    expect(state(seen({ report: null }))).toBe('unmeasured');
    expect(state(seen(), send({ state: 'down' }))).toBe('down');
    expect(state()).toBe('unmeasured');
  });

  it('reports a fault of the subscribe leg first', () => {
    const both = [seen({ name: 'send', state: 'down' }), seen({ state: 'down' })];
    expect(sampleOf(both, NOTHING, true, 0)).toMatchObject({ leg: 'receive' });
  });

  it('counts all legs or none, because half of them would look like a loss', () => {
    const whole = [seen(), seen({ name: 'send', report: report(2) })];
    expect(countersOf(whole, NOTHING).received).toBe(3);
    const half = [seen(), seen({ name: 'send', report: null })];
    expect(countersOf(half, count([report(7)])).received).toBe(7);
  });
});

describe('waiting for promises that may never settle', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const never = new Promise<never>(() => undefined);

  it('ends at the deadline', async () => {
    const waiting = expect(within(100, never)).rejects.toThrow(Unanswered);
    await vi.advanceTimersByTimeAsync(100);
    await waiting;
    await expect(within(100, Promise.resolve(7))).resolves.toBe(7);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends at once when its connection ends', async () => {
    const ended = new AbortController();
    const waiting = expect(within(8000, never, ended.signal)).rejects.toThrow(
      Unanswered,
    );
    ended.abort();
    await waiting;
    await expect(within(8000, never, ended.signal)).rejects.toThrow(Unanswered);
  });

  it('continues while a request to a closed connection is pending', async () => {
    // Firefox never settles getStats of a connection that is closed meanwhile.
    let asked = 0;
    const closed = {
      getStats: () => {
        asked += 1;
        return never;
      },
    } as unknown as RTCPeerConnection;
    const open = { getStats: async () => report(1) } as unknown as RTCPeerConnection;
    const questions = new StatsRequests();
    const both = Promise.all([questions.ask(closed), questions.ask(open)]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await both).toEqual([null, report(1)]);
    // The next look does not wait for it again.
    expect(await questions.ask(closed)).toBeNull();
    expect(asked).toBe(1);
    expect(await questions.ask(open)).toEqual(report(1));
  });

  it('treats a refusal as no statistics, and requests them again', async () => {
    const getStats = vi
      .fn<() => Promise<RTCStatsReport>>()
      .mockRejectedValueOnce(new DOMException('', 'InvalidStateError'))
      .mockResolvedValueOnce(report(1));
    const questions = new StatsRequests();
    const pc = { getStats } as unknown as RTCPeerConnection;
    expect(await questions.ask(pc)).toBeNull();
    expect(await questions.ask(pc)).toEqual(report(1));
  });
});
