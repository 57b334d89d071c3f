import { describe, expect, it } from 'vitest';
import type { Figures } from '../src/media/figures';
import type { LinkChanged } from '../src/protocol';
import { report, verdicts, mediaState, type Known } from '../src/room/dialogs/verdicts';

const FIGURES: Figures = {
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
const LINK: LinkChanged = { down_kbps: 3000, loss: 0, rtt_ms: 20, reduced: null };
const GOOD: Known = {
  media: { state: 'measured', figures: FIGURES },
  link: LINK,
  strained: 0,
  waitMs: null,
  receive: 'auto',
};

const keys = (change: Partial<Known>): string[] =>
  verdicts({ ...GOOD, ...change }).map((v) => v.key.replace('verdict-', ''));
const figures = (change: Partial<Figures>): Partial<Known> => ({
  media: { state: 'measured', figures: { ...FIGURES, ...change } },
});
const sent = (limited: 'cpu' | 'bandwidth'): Partial<Known> =>
  figures({ sent: FIGURES.sent.map((layer) => ({ ...layer, limited })) });

describe('the findings about a connection', () => {
  it.each<[string, Partial<Known>, string[]]>([
    ['all well', {}, ['good']],
    ['lost', { media: { state: 'lost' } }, ['lost']],
    ['not measured yet', { media: { state: 'measuring' }, link: null }, []],
    [
      'not connected',
      { media: { state: 'trouble', trouble: 'receive-down' } },
      ['receive-down'],
    ],
    [
      'others hear nothing',
      { media: { state: 'trouble', trouble: 'send-down' }, receive: 'saver' },
      ['send-down', 'saver'],
    ],
    ['nothing comes', { media: { state: 'trouble', trouble: 'silent' } }, ['silent']],
    ['no such browser', { media: { state: 'unable' } }, ['unable']],
    ['loses packets', figures({ lossDown: 0.08 }), ['loss']],
    ['the server sees the loss', { link: { ...LINK, loss: 0.05 } }, ['loss']],
    ['a little loss', figures({ lossDown: 0.01, lossUp: 0.01 }), ['good']],
    [
      'lossy, so reduced',
      { link: { ...LINK, loss: 0.08, reduced: 'link' } },
      ['loss-reduced'],
    ],
    ['thin', { link: { ...LINK, reduced: 'link' } }, ['thin-rate']],
    [
      'thin, unmeasured',
      { link: { ...LINK, down_kbps: null, reduced: 'link' } },
      ['thin'],
    ],
    ['loses what is sent', figures({ lossUp: 0.1 }), ['loss-up']],
    ['TCP', figures({ protocol: 'tcp' }), ['tcp']],
    ['far away', figures({ rttMs: 450 }), ['slow']],
    ['a slow computer', { strained: 1 }, ['strained']],
    ['a very slow computer', { strained: 3 }, ['strained-fewer']],
    ['a slow encoder', sent('cpu'), ['send-cpu']],
    ['a thin way up', sent('bandwidth'), ['send-link']],
    [
      'limited by the operator',
      { link: { ...LINK, reduced: 'operator' } },
      ['operator'],
    ],
    [
      'small by choice',
      { receive: 'saver', link: { ...LINK, reduced: 'choice' } },
      ['saver'],
    ],
    ['by ear', { receive: 'audio' }, ['audio']],
    [
      'everything at once, the worst first',
      {
        ...figures({ lossDown: 0.1, protocol: 'tcp' }),
        link: { ...LINK, reduced: 'link' },
        strained: 2,
        receive: 'saver',
      },
      ['loss-reduced', 'tcp', 'strained', 'saver'],
    ],
  ])('%s', (_, known, wanted) => {
    expect(keys(known)).toEqual(wanted);
  });

  it('gives the loss in whole percent, at least one', () => {
    const [first] = verdicts({ ...GOOD, ...figures({ lossDown: 0.083 }) });
    expect(first?.args).toEqual({ loss: 8 });
  });
});

describe('the state of the media connections', () => {
  const NOTHING: Figures = { ...FIGURES, downKbps: 0 };
  const good = { level: 4, trouble: null, loss: 0, rttMs: 20 } as const;

  it.each<[string, Parameters<typeof mediaState>, string]>([
    ['lost, whatever was measured', [true, good, FIGURES, true], 'lost'],
    ['nothing measured', [false, null, null, true], 'measuring'],
    ['old figures, nothing new', [false, null, FIGURES, true], 'measuring'],
    [
      'a leg down',
      [false, { level: 0, trouble: 'receive-down' }, FIGURES, true],
      'trouble',
    ],
    ['connected and measured', [false, good, FIGURES, true], 'measured'],
    ['nothing comes that should', [false, good, NOTHING, true], 'measuring'],
    ['nothing comes, nothing should', [false, good, NOTHING, false], 'measured'],
    ['connected, figures to come', [false, good, null, true], 'measuring'],
  ])('%s', (_, known, state) => {
    expect(mediaState(...known).state).toBe(state);
  });
});

describe('the report for the administrator', () => {
  it('has figures and no names', () => {
    const text = report(GOOD, 4);
    expect(text).toContain('in 2: 720 lines  30 fps  1500 kbit/s');
    expect(text).toContain('out 1 q: 180 lines');
    expect(text).toContain('route: udp  rtt: 20 ms');
  });

  it('marks unknown figures', () => {
    const text = report({ ...GOOD, media: { state: 'measuring' }, link: null }, null);
    expect(text).toContain('quality: -');
    expect(text).toContain('server: -');
  });
});
