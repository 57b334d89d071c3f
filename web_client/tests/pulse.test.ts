import { describe, expect, it } from 'vitest';
import {
  Pulse,
  REPLACE_MS,
  SILENT_MS,
  type Answering,
  type Beat,
} from '../src/media/pulse';
import { marked } from '../src/media/restart';

const EVERY_MS = 100;

function beat(bytes: number, state: Partial<Beat> = {}): Beat {
  const heard = new Map([['pair', bytes]]);
  return {
    heard,
    selected: 'pair',
    unanswered: 0,
    failing: false,
    dead: false,
    ...state,
  };
}

interface Line {
  /** Silence from here on. */
  readonly deadFrom: number;
  readonly deadTo?: number;
  readonly answering: Answering;
  /** The server answers from here on. */
  readonly answeringFrom?: number;
  readonly failing?: boolean;
}

/** What was done, and when, over a quarter of a minute. */
function course(line: Line, everyMs = EVERY_MS): { at: number; remedy: string }[] {
  const pulse = new Pulse(0);
  const done: { at: number; remedy: string }[] = [];
  let bytes = 0;
  for (let now = everyMs; now <= 16_000; now += everyMs) {
    const dead = now > line.deadFrom && now <= (line.deadTo ?? Infinity);
    if (!dead) bytes += 1000;
    const taken = beat(bytes, { failing: dead && (line.failing ?? false) });
    if (pulse.hear(taken, now)) done.push({ at: now, remedy: 'back' });
    const answering = now > (line.answeringFrom ?? Infinity) ? 'yes' : line.answering;
    const remedy = pulse.remedy(taken, answering, now);
    if (remedy) done.push({ at: now, remedy });
  }
  return done;
}

describe('a path that dies', () => {
  it('is left at once when the server does not answer either', () => {
    const [first] = course({ deadFrom: 3000, answering: 'no' });
    expect(first?.remedy).toBe('restart');
    expect(first?.at).toBeLessThanOrEqual(3000 + SILENT_MS + EVERY_MS);
  });

  it('is left when ICE misses its answers, whatever the socket says', () => {
    const [first] = course({ deadFrom: 3000, answering: 'yes', failing: true });
    expect(first).toEqual({ at: 3000 + EVERY_MS, remedy: 'restart' });
  });

  it('is tried again ever more seldom, and never given up, in the dark', () => {
    const done = course({ deadFrom: 3000, answering: 'no' });
    expect(done.every((d) => d.remedy === 'restart')).toBe(true);
    const pauses = done.slice(1).map((d, i) => d.at - (done[i]?.at ?? 0));
    expect(pauses).toEqual([1000, 1000, 1000, 1000, 1000, 2000, 4000]);
  });

  it('ends in a successor when the server is there but no path heals', () => {
    const done = course({ deadFrom: 3000, answering: 'yes', failing: true });
    const replaced = done.find((d) => d.remedy === 'replace');
    expect(replaced?.at).toBeGreaterThanOrEqual(3000 + REPLACE_MS);
    expect(replaced?.at).toBeLessThanOrEqual(3000 + REPLACE_MS + 2 * EVERY_MS);
  });

  it('is waited for when the socket is back before it', () => {
    const dark = { deadFrom: 3000, answering: 'no', answeringFrom: 8000 } as const;
    const short = course({ ...dark, deadTo: 9000 });
    expect(short.filter((d) => d.remedy === 'replace')).toEqual([]);
    expect(short.at(-1)?.remedy).toBe('back');
    const replaced = course(dark).find((d) => d.remedy === 'replace');
    expect(replaced?.at).toBe(8000 + REPLACE_MS);
  });

  it('tells when it is back', () => {
    const done = course({ deadFrom: 3000, deadTo: 8000, answering: 'no' });
    expect(done.at(-1)).toEqual({ at: 8000 + EVERY_MS, remedy: 'back' });
  });
});

it('leaves a path whose checks go unanswered, though the socket is alive', () => {
  const pulse = new Pulse(0);
  pulse.hear(beat(10, { unanswered: 5 }), 100);
  expect(pulse.remedy(beat(10, { unanswered: 6 }), 'yes', 3000)).toBeNull();
  expect(pulse.remedy(beat(10, { unanswered: 7 }), 'yes', 3100)).toBe('restart');
  pulse.hear(beat(20, { unanswered: 7 }), 3200);
  expect(pulse.remedy(beat(20, { unanswered: 7 }), 'yes', 6000)).toBeNull();
  const other = beat(20, { selected: 'other', unanswered: 40 });
  pulse.hear(other, 6100);
  expect(pulse.remedy(other, 'yes', 6100)).toBeNull();
});

describe('silence that means nothing', () => {
  it('of others who stopped sending, while the server answers', () => {
    expect(course({ deadFrom: 3000, answering: 'yes' })).toEqual([]);
    expect(course({ deadFrom: 3000, answering: 'unknown' })).toEqual([]);
  });

  it('between the checks of an idle connection', () => {
    const done = course({ deadFrom: Infinity, answering: 'no' }, 2500);
    expect(done.filter((d) => d.remedy !== 'back')).toEqual([]);
  });

  it('shorter than a burst of loss', () => {
    const short = { deadFrom: 3000, deadTo: 3300, answering: 'no' } as const;
    expect(course(short)).toEqual([]);
  });

  it('of a pair that went away', () => {
    const pulse = new Pulse(0);
    const two = new Map([
      ['old', 5000],
      ['new', 10],
    ]);
    pulse.hear({ ...beat(0), heard: two }, 100);
    expect(pulse.hear({ ...beat(0), heard: new Map([['new', 10]]) }, 1000)).toBe(false);
    expect(pulse.hear({ ...beat(0), heard: new Map([['new', 11]]) }, 1100)).toBe(true);
  });
});

it('replaces a connection whose keys have ended, once the server answers', () => {
  const pulse = new Pulse(0);
  expect(pulse.remedy(beat(0, { dead: true }), 'no', 100)).toBeNull();
  expect(pulse.remedy(beat(0, { dead: true }), 'unknown', 200)).toBe('replace');
});

describe('the mark of a restart', () => {
  const sdp = 'a=ice-ufrag:ab12\r\na=ice-pwd:x\r\nm=audio\r\na=ice-ufrag:ab12\r\n';

  it('stands after every user fragment, in place of the one before', () => {
    const once = marked(sdp, 1);
    expect(once.match(/a=ice-ufrag:ab12\/1\r/g)).toHaveLength(2);
    expect(marked(once, 2)).toBe(once.replaceAll('/1', '/2'));
    expect(marked(sdp, 0)).toBe(sdp);
  });
});
