import { describe, expect, it } from 'vitest';
import { codecChoices, preferred } from '../src/media/codecs';
import {
  arrived,
  left,
  sortDevices,
  type Device,
  type DeviceList,
} from '../src/media/devices';
import { levelOf, MutedSpeech } from '../src/media/meter';
import { captureProblem } from '../src/media/problems';
import { SECTIONS } from '../src/media/publisher';
import { Judge, Reporter, type Connected, type Quality } from '../src/media/quality';
import { audioMids, pictureOf, planOf } from '../src/media/slots';
import type { SlotState } from '../src/protocol';
import { slot } from './support';

const PLAN = planOf([
  { mid: '0', kind: 'video', group: 'content' },
  { mid: '1', kind: 'audio', group: 'content' },
  { mid: '2', kind: 'video', group: 'stage' },
  { mid: '3', kind: 'audio', group: 'stage' },
  { mid: '4', kind: 'audio', group: 'floating' },
  { mid: '7', kind: 'video', group: 'grid' },
]);

const slots = (...all: SlotState[]): ReadonlyMap<string, SlotState> =>
  new Map(all.map((s) => [s.mid, s]));

describe('slots', () => {
  it('finds a picture by participant and source', () => {
    const now = slots(slot('7', 'ann', 'camera'), slot('0', 'ann', 'screen'));
    expect(pictureOf(PLAN, now, 'ann', 'camera')?.mid).toBe('7');
    expect(pictureOf(PLAN, now, 'ann', 'screen')?.mid).toBe('0');
  });

  it('prefers the slot of the stage, whatever the order', () => {
    const now = slots(slot('7', 'ann', 'camera'), slot('2', 'ann', 'camera'));
    expect(pictureOf(PLAN, now, 'ann', 'camera')?.mid).toBe('2');
  });

  it('shows no picture for an empty slot', () => {
    expect(pictureOf(PLAN, slots(slot('7', null, null)), 'ann', 'camera')).toBeNull();
  });

  it('ignores audio slots, and slots outside the plan', () => {
    const now = slots(slot('3', 'ann', 'microphone'), slot('99', 'ann', 'camera'));
    expect(pictureOf(PLAN, now, 'ann', 'microphone')).toBeNull();
    expect(pictureOf(PLAN, now, 'ann', 'camera')).toBeNull();
  });

  it('reports what cannot be decoded', () => {
    const now = slots(slot('7', 'ann', 'camera', { codec: 'H264', gap: 'codec' }));
    expect(pictureOf(PLAN, now, 'ann', 'camera')?.undecodable).toBe(true);
  });

  it('plays every audio slot', () => {
    expect(audioMids(PLAN)).toEqual(['1', '3', '4']);
  });
});

describe('publish sections', () => {
  it('are four, in the order of the protocol', () => {
    expect(SECTIONS.map((s) => `${s.source}:${s.kind}`)).toEqual([
      'microphone:audio',
      'camera:video',
      'screen:video',
      'screen_audio:audio',
    ]);
  });
});

describe('codecs', () => {
  const able = ['video/VP8', 'video/rtx', 'video/H264', 'video/VP9', 'video/AV1'].map(
    (mimeType) => ({ mimeType }),
  );
  const names = (list: { mimeType: string }[]): string[] =>
    list.map((c) => c.mimeType.slice(6));

  it('offers only what can be sent', () => {
    expect(codecChoices(able)).toEqual(['auto', 'VP8', 'VP9', 'H264', 'AV1']);
    expect(codecChoices([{ mimeType: 'video/VP8' }])).toEqual(['auto', 'VP8']);
    expect(codecChoices([])).toEqual(['auto']);
  });

  it('puts the choice first and VP8 next, and keeps all others', () => {
    expect(names(preferred(able, 'H264'))).toEqual([
      'H264',
      'VP8',
      'VP9',
      'AV1',
      'rtx',
    ]);
    expect(names(preferred(able, 'auto'))[0]).toBe('VP8');
  });
});

describe('devices', () => {
  const device = (id: string, label: string): Device => ({ id, label });
  const list = (...devices: Device[]): DeviceList => ({ state: 'listed', devices });

  it('sorts by kind and leaves out devices without an id', () => {
    const sorted = sortDevices([
      { kind: 'audioinput', deviceId: 'm', label: 'Mic' },
      { kind: 'audioinput', deviceId: '', label: '' },
      { kind: 'videoinput', deviceId: 'c', label: 'Cam' },
      { kind: 'audiooutput', deviceId: 's', label: 'Out' },
    ]);
    expect(sorted.microphones).toEqual(list(device('m', 'Mic')));
    expect(sorted.cameras).toEqual(list(device('c', 'Cam')));
    expect(sorted.speakers).toEqual(list(device('s', 'Out')));
  });

  it('distinguishes devices without permission from missing ones', () => {
    const asked = sortDevices([{ kind: 'audioinput', deviceId: '', label: '' }]);
    expect(asked.microphones).toEqual({ state: 'unnamed', devices: [] });
    expect(asked.cameras).toEqual({ state: 'listed', devices: [] });
  });

  it('detects a new headset', () => {
    const before = list(device('a', 'Built-in'));
    const after = list(device('a', 'Built-in'), device('h', 'Headset'));
    expect(arrived(before, after)).toEqual([device('h', 'Headset')]);
    // Also where there was none at all.
    expect(arrived(list(), list(device('h', 'Headset')))).toHaveLength(1);
  });

  it('does not treat permission as an arrival', () => {
    const named = list(device('a', 'Built-in'));
    expect(arrived(list(device('x', '')), named)).toEqual([]);
    expect(arrived({ state: 'unnamed', devices: [] }, named)).toEqual([]);
    expect(arrived({ state: 'unknown', devices: [] }, named)).toEqual([]);
  });

  it('detects that the chosen speaker was unplugged', () => {
    const both = list(device('a', 'Built-in'), device('h', 'Headset'));
    const one = list(device('a', 'Built-in'));
    expect(left('h', both, one)).toBe(true);
    expect(left('a', both, one)).toBe(false);
    expect(left('h', one, one)).toBe(false);
    expect(left('', both, one)).toBe(false);
  });

  it('names the causes that users can solve', () => {
    const named = (name: string) => captureProblem(new DOMException('', name));
    expect(named('NotAllowedError')).toBe('denied');
    expect(named('NotFoundError')).toBe('absent');
    expect(named('NotReadableError')).toBe('busy');
    expect(named('SomethingElse')).toBe('failed');
    expect(captureProblem('nonsense')).toBe('failed');
  });
});

describe('loudness', () => {
  it('runs from silence to full scale', () => {
    expect(levelOf(new Float32Array(100))).toBe(0);
    expect(levelOf(new Float32Array(100).fill(1))).toBe(1);
    const soft = levelOf(new Float32Array(100).fill(0.01)); // -40 dB
    expect(soft).toBeCloseTo(1 / 3, 2);
  });

  it('reminds a muted speaker within two seconds, once per half minute', () => {
    const speech = new MutedSpeech();
    const hints: number[] = [];
    for (let now = 0; now <= 40_000; now += 100) {
      if (speech.heard(0.8, true, now)) hints.push(now);
    }
    expect(hints[0]).toBeLessThanOrEqual(2000);
    expect(hints).toHaveLength(2);
    expect((hints[1] ?? 0) - (hints[0] ?? 0)).toBeGreaterThanOrEqual(30_000);
  });

  it('does not remind after a cough or with an open microphone', () => {
    const speech = new MutedSpeech();
    expect(speech.heard(0.9, true, 0)).toBe(false);
    expect(speech.heard(0.0, true, 300)).toBe(false);
    expect(speech.heard(0.9, true, 700)).toBe(false);
    expect(speech.heard(0.9, false, 5000)).toBe(false);
    expect(speech.heard(0.9, true, 9000)).toBe(false);
  });

  it('detects speech in spite of pauses between words', () => {
    const speech = new MutedSpeech();
    const hints: number[] = [];
    for (let now = 0; now <= 3000; now += 100) {
      if (speech.heard(now % 1000 < 200 ? 0.6 : 0, true, now)) hints.push(now);
    }
    expect(hints).toEqual([1000]);
  });
});

describe('quality', () => {
  const sample = (change: Partial<Connected>): Connected => ({
    state: 'connected',
    expected: false,
    at: 0,
    received: 0,
    lost: 0,
    freezes: 0,
    bytes: 0,
    rtt: 0.01,
    ...change,
  });
  const judge = (...samples: Parameters<Judge['take']>[0][]): Quality | null => {
    const judge = new Judge();
    return samples.reduce<Quality | null>((_, taken) => judge.take(taken), null);
  };

  it.each([
    [0, 10, 4],
    [30, 10, 3],
    [100, 10, 2],
    [200, 10, 1],
    [0, 200, 3],
    [0, 400, 2],
    [0, 900, 1],
  ])('%i of 1000 lost at %i ms: level %i', (lost, rttMs, level) => {
    const before = sample({});
    const after = sample({ received: 1000 - lost, lost, rtt: rttMs / 1000 });
    expect(judge(before, after)?.level).toBe(level);
  });

  it('is 0 without a connection and good in a silent room', () => {
    expect(judge({ state: 'down', leg: 'receive', at: 0 })).toEqual({
      level: 0,
      trouble: 'receive-down',
    });
    expect(judge(sample({ rtt: null }))?.level).toBe(4);
  });

  it('is at most very weak while the publish leg is down', () => {
    expect(judge(sample({}), { state: 'down', leg: 'send', at: 0 })).toEqual({
      level: 1,
      trouble: 'send-down',
    });
  });

  it('is unknown without statistics, whatever it was before', () => {
    expect(judge(sample({}), sample({}), { state: 'unmeasured', at: 0 })).toBeNull();
  });

  it('is 0 when a voice is expected and no packet arrives', () => {
    const waits = sample({ received: 70, expected: true });
    expect(judge(waits, waits)).toMatchObject({ level: 4 }); // a pause between two
    expect(judge(waits, waits, waits)).toEqual({ level: 0, trouble: 'silent' });
    const more = sample({ received: 71, expected: true });
    expect(judge(waits, waits, waits, more)).toMatchObject({ level: 4 });
    // Who is alone in a room expects nothing.
    const alone = sample({ received: 70 });
    expect(judge(alone, alone, alone)).toMatchObject({ level: 4 });
  });

  it('rates two seconds, not the total', () => {
    const before = sample({ received: 1000, lost: 500 });
    expect(judge(before, sample({ received: 2000, lost: 500 }))).toMatchObject({
      loss: 0,
    });
  });

  it('accepts counters that start again with a new connection', () => {
    const before = sample({ received: 5000, lost: 10, freezes: 3 });
    expect(judge(before, sample({ received: 10 }))?.level).toBe(4);
  });

  it('reports changes, five seconds apart', () => {
    const reporter = new Reporter();
    expect(reporter.due(4, 0)).toBe(true);
    expect(reporter.due(4, 9000)).toBe(false);
    expect(reporter.due(2, 10_000)).toBe(true);
    expect(reporter.due(4, 12_000)).toBe(false);
    expect(reporter.due(4, 15_000)).toBe(true);
    reporter.forget();
    expect(reporter.due(4, 20_000)).toBe(true);
  });
});
