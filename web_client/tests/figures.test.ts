import { describe, expect, it } from 'vitest';
import { between, readMoment, type Figures } from '../src/media/figures';
import { loadOf, STEPS, Strain, type Load } from '../src/media/strain';

type Entry = Record<string, unknown> & { id: string };

const report = (...entries: Entry[]) => new Map(entries.map((e) => [e.id, e]));

const PATH: readonly Entry[] = [
  {
    id: 'pair',
    type: 'candidate-pair',
    state: 'succeeded',
    nominated: true,
    localCandidateId: 'local',
    bytesReceived: 1000,
    bytesSent: 500,
    currentRoundTripTime: 0.05,
    availableOutgoingBitrate: 900_000,
  },
  { id: 'local', type: 'local-candidate', protocol: 'udp' },
  {
    id: 'spare',
    type: 'candidate-pair',
    state: 'succeeded',
    nominated: true,
    localCandidateId: 'other',
    bytesReceived: 7,
    currentRoundTripTime: 0.5,
  },
  { id: 'other', type: 'local-candidate', protocol: 'tcp' },
  { id: 'transport', type: 'transport', selectedCandidatePairId: 'pair' },
];
const video = (change: object = {}): Entry => ({
  id: 'in',
  type: 'inbound-rtp',
  kind: 'video',
  mid: '2',
  bytesReceived: 10_000,
  packetsReceived: 100,
  packetsLost: 2,
  framesDecoded: 50,
  framesDropped: 1,
  frameHeight: 360,
  totalDecodeTime: 0.5,
  jitterBufferDelay: 2,
  jitterBufferEmittedCount: 50,
  ...change,
});

describe('figures of the connections', () => {
  const first = readMoment([report(...PATH, video())], 0);

  it('describe the media received in two seconds', () => {
    const later = video({
      bytesReceived: 260_000,
      packetsReceived: 280,
      packetsLost: 22,
      framesDecoded: 100,
      framesDropped: 11,
      frameHeight: 720,
      totalDecodeTime: 1.5,
      jitterBufferDelay: 7,
      jitterBufferEmittedCount: 100,
    });
    const figures = between(first, readMoment([report(...PATH, later)], 2000));
    expect(figures.received).toEqual([
      {
        mid: '2',
        height: 720,
        fps: 25,
        kbps: 1000,
        dropped: 10 / 60,
        decoding: 0.5,
        waitMs: 100,
      },
    ]);
    expect(figures.lossDown).toBeCloseTo(0.1);
    expect(figures).toMatchObject({ rttMs: 50, protocol: 'udp', roomUpKbps: 900 });
  });

  describe('over more than one candidate pair', () => {
    const pair = (id: string, received: number, sent: number, more: object = {}) => ({
      id,
      type: 'candidate-pair',
      state: 'succeeded',
      nominated: true,
      bytesReceived: received,
      bytesSent: sent,
      ...more,
    });
    const moments = (...reports: Entry[][]) =>
      reports.map((entries, i) => readMoment([report(...entries)], i * 2000));
    const rates = (...reports: Entry[][]) => {
      const read = moments(...reports);
      return read.slice(1).map((after, i) => {
        const { downKbps, upKbps } = between(read[i] ?? after, after);
        return [downKbps, upKbps];
      });
    };
    const used = (selectedCandidatePairId?: string): Entry => ({
      id: 'transport',
      type: 'transport',
      ...(selectedCandidatePairId === undefined ? {} : { selectedCandidatePairId }),
    });

    it('add up the bytes of both, whichever is in use', () => {
      expect(
        rates(
          [pair('udp', 100e6, 20e6), pair('tcp', 10_000, 0), used('udp')],
          [pair('udp', 100.1e6, 20e6), pair('tcp', 160_000, 50_000), used('tcp')],
          [pair('udp', 100.4e6, 20.1e6), pair('tcp', 160_000, 50_000), used('udp')],
          [pair('udp', 100.6e6, 20.1e6), pair('tcp', 160_000, 50_000), used()],
          [pair('udp', 100.8e6, 20.1e6), pair('tcp', 160_000, 50_000), used('udp')],
        ),
      ).toEqual([
        [1000, 200],
        [1200, 400],
        [800, 0],
        [800, 0],
      ]);
    });

    it('count a pair while a check of it is pending, which Chromium reports as another state', () => {
      expect(
        rates(
          [pair('udp', 100e6, 20e6), used('udp')],
          [pair('udp', 100.25e6, 20e6, { state: 'in-progress' }), used('udp')],
          [pair('udp', 100.5e6, 20e6), used('udp')],
        ),
      ).toEqual([
        [1000, 0],
        [1000, 0],
      ]);
    });

    it('treat a vanished pair as no loss, and count its successor', () => {
      expect(
        rates(
          [pair('udp', 100e6, 20e6), used('udp')],
          [pair('next', 250_000, 25_000), used('next')],
        ),
      ).toEqual([[1000, 100]]);
    });
  });

  it('leave out streams without bytes, and treat a new connection as no loss', () => {
    const fresh = video({ id: 'other', bytesReceived: 5, packetsLost: 0 });
    const figures = between(first, readMoment([report(...PATH, fresh)], 2000));
    expect(figures.received).toEqual([]);
    expect(figures.lossDown).toBe(0);
    expect(between(first, { ...first, at: 2000 }).received).toEqual([]);
  });

  it('list the layers that are sent, and what limits them', () => {
    const layer = (id: string, change: object = {}): Entry => ({
      id,
      type: 'outbound-rtp',
      kind: 'video',
      mid: '1',
      rid: id,
      bytesSent: 1000,
      framesSent: 10,
      frameHeight: 180,
      qualityLimitationReason: 'none',
      ...change,
    });
    const before = readMoment([report(...PATH, layer('q'), layer('h'))], 0);
    const after = readMoment(
      [
        report(
          ...PATH,
          layer('q', { bytesSent: 31_000, framesSent: 70 }),
          layer('h', { qualityLimitationReason: 'cpu' }),
          {
            id: 'r',
            type: 'remote-inbound-rtp',
            fractionLost: 0.25,
            roundTripTime: 0.2,
          },
        ),
      ],
      2000,
    );
    const figures = between(before, after);
    expect(figures.sent).toEqual([
      { mid: '1', rid: 'q', height: 180, fps: 30, kbps: 120, limited: null },
    ]);
    expect(figures).toMatchObject({ lossUp: 0.25, rttMs: 200 });
  });

  it('report TCP when one of the two connections uses it', () => {
    const slow = PATH.map((e) => (e.id === 'local' ? { ...e, protocol: 'tcp' } : e));
    expect(readMoment([report(...slow), report(...PATH)], 0).protocol).toBe('tcp');
    expect(readMoment([report(...PATH), report(...slow)], 0).protocol).toBe('tcp');
    expect(readMoment([], 0)).toMatchObject({ protocol: null, rtt: null });
  });
});

const CALM: Figures = {
  received: [
    {
      mid: '2',
      height: 720,
      fps: 30,
      kbps: 1500,
      dropped: 0,
      decoding: 0.2,
      waitMs: 60,
    },
  ],
  sent: [{ mid: '1', rid: 'q', height: 180, fps: 30, kbps: 100, limited: null }],
  downKbps: 1500,
  upKbps: 100,
  lossDown: 0,
  lossUp: 0,
  rttMs: 20,
  protocol: 'udp',
  roomUpKbps: null,
};
const busy = (change: Partial<Figures['received'][number]>): Figures => ({
  ...CALM,
  received: CALM.received.map((r) => ({ ...r, ...change })),
});

describe('the load of a computer', () => {
  it.each<[string, Figures, Load]>([
    ['calm', CALM, 'easy'],
    ['dropping one frame in five', busy({ dropped: 0.2 }), 'strained'],
    ['decoding all the time', busy({ decoding: 0.9 }), 'strained'],
    ['piling up', busy({ waitMs: 900, dropped: 0.05 }), 'strained'],
    ['waiting for a far server', busy({ waitMs: 900 }), 'easy'],
    ['half busy', busy({ decoding: 0.6 }), 'between'],
    [
      'losing frames with their packets',
      { ...busy({ dropped: 0.2 }), lossDown: 0.1 },
      'between',
    ],
    [
      'too slow to encode',
      { ...CALM, sent: CALM.sent.map((l) => ({ ...l, limited: 'cpu' as const })) },
      'strained',
    ],
    [
      'held back by the link',
      {
        ...CALM,
        sent: CALM.sent.map((l) => ({ ...l, limited: 'bandwidth' as const })),
      },
      'easy',
    ],
    ['showing nothing', { ...CALM, received: [] }, 'easy'],
    ['waking one picture', busy({ fps: 1, dropped: 0.5 }), 'easy'],
  ])('%s', (_, figures, load) => {
    expect(loadOf(figures)).toBe(load);
  });

  it('does not count the requested playout delay as strain', () => {
    const piled = busy({ waitMs: 900, dropped: 0.05 });
    expect(loadOf(piled, 500)).toBe('between');
  });
});

describe('the limit of a slow computer', () => {
  const feed = (strain: Strain, load: Load, times: number): number => {
    for (let i = 0; i < times; i += 1) strain.take(load);
    return strain.step;
  };

  it('takes no step for a single bad sample', () => {
    const strain = new Strain();
    feed(strain, 'strained', 2);
    feed(strain, 'between', 1);
    expect(feed(strain, 'strained', 2)).toBe(0);
    expect(strain.limit).toEqual(STEPS[0]);
  });

  it('steps down to the stage alone, and no further', () => {
    const strain = new Strain();
    expect(feed(strain, 'strained', 3)).toBe(1);
    expect(strain.limit.height).toBe(360);
    expect(feed(strain, 'strained', 3)).toBe(2);
    expect(feed(strain, 'strained', 30)).toBe(STEPS.length - 1);
    expect(strain.limit.tiles).toBe(0);
  });

  it('steps up only after twenty seconds of low load', () => {
    const strain = new Strain();
    feed(strain, 'strained', 3);
    expect(feed(strain, 'easy', 9)).toBe(1);
    feed(strain, 'between', 1);
    expect(feed(strain, 'easy', 9)).toBe(1);
    expect(feed(strain, 'easy', 1)).toBe(0);
  });

  it('waits longer after each early step up, until the load stays low for long', () => {
    const strain = new Strain();
    let changes = 0;
    // A computer that can take everything but the first step, for ten minutes.
    for (let i = 0; i < 300; i += 1) {
      if (strain.take(strain.step === 0 ? 'strained' : 'easy')) changes += 1;
    }
    expect(changes).toBeLessThanOrEqual(12);
    feed(strain, 'easy', 300);
    expect(strain.step).toBe(0);
    feed(strain, 'strained', 3);
    expect(feed(strain, 'easy', 10)).toBe(0);
  });
});
