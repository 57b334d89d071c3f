import { describe, expect, it } from 'vitest';
import { readMoment } from '../src/media/figures';
import { pairInUse } from '../src/media/pair';
import { count } from '../src/media/quality';

type Entry = Record<string, unknown> & { id: string };

const report = (...entries: Entry[]) =>
  new Map(entries.map((e) => [e.id, e])) as unknown as RTCStatsReport;

/** Both ways were nominated and go on being kept, as in Firefox on a long line. */
const pair = (protocol: 'udp' | 'tcp', rtt: number, more: object = {}): Entry => ({
  id: `pair-${protocol}`,
  type: 'candidate-pair',
  state: 'succeeded',
  nominated: true,
  localCandidateId: protocol,
  bytesReceived: 2000,
  responsesReceived: 3,
  bytesSent: 300,
  currentRoundTripTime: rtt,
  ...more,
});
const LOCALS: readonly Entry[] = [
  { id: 'udp', type: 'local-candidate', protocol: 'udp' },
  { id: 'tcp', type: 'local-candidate', protocol: 'tcp' },
];
const transport = (selectedCandidatePairId?: string): Entry => ({
  id: 'transport',
  type: 'transport',
  ...(selectedCandidatePairId === undefined ? {} : { selectedCandidatePairId }),
});

const UDP = pair('udp', 0.2);
const TCP = pair('tcp', 0.5);

describe('the pair in use', () => {
  it.each([
    ['named before', [transport('pair-udp'), UDP, TCP]],
    ['named behind', [TCP, UDP, transport('pair-udp')]],
    ['marked', [pair('udp', 0.2, { selected: true }), { ...TCP, selected: false }]],
    [
      'named, and another still marked',
      [UDP, { ...TCP, selected: true }, transport('pair-udp')],
    ],
    [
      'marked, with a transport that names none',
      [{ ...UDP, selected: true }, TCP, transport()],
    ],
  ])('%s', (_, entries) => {
    const known = report(...LOCALS, ...entries);
    expect(pairInUse(known)).toEqual({
      id: 'pair-udp',
      rtt: 0.2,
      protocol: 'udp',
      roomUp: undefined,
    });
    expect(readMoment([known], 0)).toMatchObject({ rtt: 0.2, protocol: 'udp' });
    expect(count([known])).toMatchObject({ rtt: 0.2, bytes: 4006 });
  });

  it('may be TCP while UDP is kept', () => {
    const known = report(...LOCALS, UDP, TCP, transport('pair-tcp'));
    expect(readMoment([known], 0)).toMatchObject({ rtt: 0.5, protocol: 'tcp' });
  });

  it('is null before one is selected', () => {
    const known = report(...LOCALS, UDP, TCP, transport());
    expect(pairInUse(known)).toBeNull();
    expect(readMoment([known], 0)).toMatchObject({ rtt: null, protocol: null });
    expect(count([known]).rtt).toBeNull();
  });
});

it('counts bytes of a pair while a check of it is pending', () => {
  const checked = report(pair('udp', 0.2, { state: 'in-progress' }), TCP);
  expect(count([checked]).bytes).toBe(4006);
});
