import { describe, expect, it } from 'vitest';
import {
  Recovery,
  REPLACE_MS,
  SILENT_MS,
  type Answering,
  type Liveness,
} from '../src/media/recovery';
import { marked } from '../src/media/restart';

const EVERY_MS = 100;

function liveness(bytes: number, state: Partial<Liveness> = {}): Liveness {
  const heard = new Map([['pair', bytes]]);
  return {
    heard,
    selected: 'pair',
    unanswered: 0,
    rttMs: null,
    failing: false,
    dead: false,
    ...state,
  };
}

interface Line {
  /** Silence from here on. */
  readonly deadFrom: number;
  readonly deadTo?: number;
  readonly answering: Answering | ((now: number) => Answering);
  /** The server answers from here on. */
  readonly answeringFrom?: number;
  readonly failing?: boolean;
  /** Round trip while the path lives; nobody can tell one of a dead path. */
  readonly rttMs?: number;
  readonly endsAt?: number;
}

/** What was done, and when, over a quarter of a minute. */
function course(line: Line, everyMs = EVERY_MS): { at: number; remedy: string }[] {
  const recovery = new Recovery(0);
  const done: { at: number; remedy: string }[] = [];
  let bytes = 0;
  for (let now = everyMs; now <= (line.endsAt ?? 16_000); now += everyMs) {
    const dead = now > line.deadFrom && now <= (line.deadTo ?? Infinity);
    if (!dead) bytes += 1000;
    const taken = liveness(bytes, {
      failing: dead && (line.failing ?? false),
      rttMs: dead ? null : (line.rttMs ?? null),
      selected: dead ? '' : 'pair',
    });
    if (recovery.observe(taken, now)) done.push({ at: now, remedy: 'back' });
    const said =
      typeof line.answering === 'string' ? line.answering : line.answering(now);
    const answering = now > (line.answeringFrom ?? Infinity) ? 'yes' : said;
    const remedy = recovery.remedy(taken, answering, now);
    if (remedy) done.push({ at: now, remedy });
  }
  return done;
}

const restarts = (done: readonly { at: number; remedy: string }[]): number[] =>
  done.filter((d) => d.remedy === 'restart').map((d) => d.at);
const pausesOf = (times: readonly number[]): number[] =>
  times.slice(1).map((at, i) => at - (times[i] ?? 0));

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

  it('is retried at growing intervals, without end, during an outage', () => {
    const done = course({ deadFrom: 3000, answering: 'no' });
    expect(done.every((d) => d.remedy === 'restart')).toBe(true);
    expect(pausesOf(restarts(done))).toEqual([
      1000, 1000, 1000, 1000, 1000, 2000, 4000,
    ]);
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

  it.each([
    ['at once', 9000, [9100, 11_100]],
    ['once the last restart is no longer new', 8600, [9000, 11_000]],
    ['at once after a long dark too', 30_000, [30_100, 32_100]],
  ])('is tried %s when the server is back', (_, answeringFrom, tries) => {
    const done = course({
      deadFrom: 3000,
      answering: 'no',
      answeringFrom,
      endsAt: 40_000,
    });
    expect(restarts(done).filter((at) => at > answeringFrom)).toEqual(tries);
    const replaced = done.find((d) => d.remedy === 'replace');
    expect(replaced?.at).toBe(answeringFrom + REPLACE_MS);
  });

  it('is tried at once at each return of the server', () => {
    const done = course({
      deadFrom: 3000,
      failing: true,
      answering: (now) => (now > 5200 && now <= 13_800 ? 'no' : 'yes'),
      endsAt: 15_700,
    });
    expect(done.filter((d) => d.at > 13_800)).toEqual([
      { at: 13_900, remedy: 'restart' },
      { at: 15_700, remedy: 'replace' },
    ]);
  });

  it('is retried as often during an outage when the server answered at first', () => {
    const done = course({
      deadFrom: 3000,
      failing: true,
      answering: (now) => (now > 6000 ? 'no' : 'yes'),
    });
    const dark = restarts(done).filter((at) => at > 6000);
    expect(pausesOf(dark)).toEqual([1000, 1000, 1000, 1000, 1000, 2000]);
  });

  it('ends in a successor though the server answers late now and then', () => {
    const late = (now: number): Answering =>
      now > 3300 && now % 3000 < 400 ? 'no' : 'yes';
    const done = course({ deadFrom: 3000, answering: late });
    const [first] = restarts(done);
    const replaced = done.find((d) => d.remedy === 'replace');
    expect(replaced?.at).toBeLessThanOrEqual((first ?? 0) + REPLACE_MS + 2 * 400);
  });

  it('has no successor made while the server is silent', () => {
    const recovery = new Recovery(0);
    const failing = liveness(0, { failing: true });
    expect(recovery.remedy(failing, 'yes', 1000)).toBe('restart');
    for (let now = 1100; now <= 6000; now += 100) {
      expect(recovery.remedy(liveness(0), 'yes', now)).toBeNull();
    }
    expect(recovery.remedy(failing, 'no', 6100)).toBe('restart');
    expect(recovery.remedy(failing, 'no', 6200)).toBeNull();
    expect(recovery.remedy(failing, 'yes', 6300)).toBe('replace');
  });

  it('is given two round trips for each try', () => {
    const done = course({
      deadFrom: 3000,
      answering: 'no',
      rttMs: 1000,
      endsAt: 20_000,
    });
    expect(pausesOf(restarts(done))).toEqual([
      2000, 2000, 2000, 2000, 2000, 2000, 4000,
    ]);
    const back = course({
      deadFrom: 3000,
      answering: 'no',
      answeringFrom: 9100,
      rttMs: 900,
    });
    expect(pausesOf(restarts(back))).toEqual([1800, 1800, 1800, 1800, 2000]);
  });

  it('is tried again before a successor would come, however long a trip takes', () => {
    const dark = { deadFrom: 3000, answering: 'no', rttMs: 6000 } as const;
    expect(pausesOf(restarts(course(dark)))).toEqual([4000, 4000, 4000]);
  });

  it('is not waited for longer because one check took long', () => {
    const recovery = new Recovery(0);
    for (const [i, rttMs] of [200, 1900, 1900].entries()) {
      for (let now = i * 600; now < (i + 1) * 600; now += 100) {
        recovery.observe(liveness(now + 1, { rttMs }), now);
      }
    }
    const dark = liveness(0, { selected: '' });
    expect(recovery.remedy(dark, 'no', 2300)).toBe('restart');
    expect(recovery.remedy(dark, 'no', 3300)).toBe('restart');
  });

  it('tells when it is back', () => {
    const done = course({ deadFrom: 3000, deadTo: 8000, answering: 'no' });
    expect(done.at(-1)).toEqual({ at: 8000 + EVERY_MS, remedy: 'back' });
  });
});

it('leaves a path whose checks go unanswered, though the socket is alive', () => {
  const recovery = new Recovery(0);
  recovery.observe(liveness(10, { unanswered: 5 }), 100);
  expect(recovery.remedy(liveness(10, { unanswered: 6 }), 'yes', 3000)).toBeNull();
  expect(recovery.remedy(liveness(10, { unanswered: 7 }), 'yes', 3100)).toBe('restart');
  recovery.observe(liveness(20, { unanswered: 7 }), 3200);
  expect(recovery.remedy(liveness(20, { unanswered: 7 }), 'yes', 6000)).toBeNull();
  const other = liveness(20, { selected: 'other', unanswered: 40 });
  recovery.observe(other, 6100);
  expect(recovery.remedy(other, 'yes', 6100)).toBeNull();
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
    const recovery = new Recovery(0);
    const two = new Map([
      ['old', 5000],
      ['new', 10],
    ]);
    recovery.observe({ ...liveness(0), heard: two }, 100);
    expect(
      recovery.observe({ ...liveness(0), heard: new Map([['new', 10]]) }, 1000),
    ).toBe(false);
    expect(
      recovery.observe({ ...liveness(0), heard: new Map([['new', 11]]) }, 1100),
    ).toBe(true);
  });
});

it('replaces a connection whose keys have ended, once the server answers', () => {
  const recovery = new Recovery(0);
  expect(recovery.remedy(liveness(0, { dead: true }), 'no', 100)).toBeNull();
  expect(recovery.remedy(liveness(0, { dead: true }), 'unknown', 200)).toBe('replace');
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
