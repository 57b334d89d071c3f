import { describe, expect, it } from 'vitest';
import type { Figures } from '../src/media/figures';
import {
  adviceOf,
  carried,
  gradeOf,
  onlyTransport,
  type Grade,
  type Trial,
} from '../src/preflight/connectivity';

const SDP = [
  'v=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=candidate:1 1 udp 2130706175 192.0.2.2 8444 typ host',
  'a=candidate:2 1 tcp 1518279935 192.0.2.2 8445 typ host tcptype passive',
  'a=end-of-candidates',
  '',
].join('\r\n');

const FIGURES: Figures = {
  received: [],
  sent: [],
  downKbps: 10,
  upKbps: 900,
  lossDown: 0,
  lossUp: 0,
  rttMs: 20,
  protocol: 'udp',
  roomUpKbps: 1400,
};
const trial = (change: Partial<Figures> = {}): Trial => ({
  transport: 'udp',
  outcome: 'connected',
  port: 8444,
  connectMs: 90,
  figures: { ...FIGURES, ...change },
});
const failed: Trial = { ...trial(), outcome: 'failed', connectMs: null, figures: null };
const absent: Trial = { ...failed, outcome: 'absent', port: null };

describe('the answer for one transport', () => {
  it('keeps its candidates, and all lines but the other candidates', () => {
    const udp = onlyTransport(SDP, 'udp');
    expect(udp.port).toBe(8444);
    expect(udp.sdp.split('\r\n')).toEqual(
      SDP.split('\r\n').filter((line) => !line.includes('tcp')),
    );
    const tcp = onlyTransport(SDP, 'tcp');
    expect(tcp.port).toBe(8445);
    expect(tcp.sdp).not.toContain(' udp ');
    expect(tcp.sdp).toContain('m=audio');
  });

  it('reports that there is none', () => {
    const [withoutTcp] = SDP.split('a=candidate:2');
    expect(onlyTransport(withoutTcp ?? '', 'tcp').port).toBeNull();
  });
});

describe('a tested transport', () => {
  it.each<[string, Trial, Grade]>([
    ['good', trial(), 'good'],
    [
      'no estimate of the browser, but sent enough',
      trial({ roomUpKbps: null }),
      'good',
    ],
    ['some loss', trial({ lossUp: 0.05 }), 'weak'],
    ['much loss', trial({ lossUp: 0.2 }), 'bad'],
    ['far', trial({ rttMs: 400 }), 'weak'],
    ['very far', trial({ rttMs: 900 }), 'bad'],
    ['thin', trial({ roomUpKbps: 200, upKbps: 150 }), 'weak'],
    ['no report came', trial({ rttMs: null, lossUp: null }), 'good'],
    ['failed', failed, 'none'],
  ])('%s', (_, tried, grade) => {
    expect(gradeOf(tried)).toBe(grade);
  });

  it('reports no more than was tested', () => {
    expect(carried(trial({ roomUpKbps: 90_000 }))).toBe(2000);
    expect(carried(trial())).toBe(1400);
    expect(carried(failed)).toBe(0);
  });
});

describe('the advice from both transports', () => {
  it.each([
    ['all', trial(), trial()],
    ['all', trial(), absent],
    ['udp-only', trial(), failed],
    ['tcp-only', failed, trial()],
    ['weak', trial({ lossUp: 0.1 }), trial()],
    ['weak', failed, trial({ lossUp: 0.3 })],
    ['nothing', failed, failed],
    ['nothing', failed, absent],
  ])('%s', (advice, udp, tcp) => {
    expect(adviceOf(udp, tcp)).toBe(advice);
  });
});
