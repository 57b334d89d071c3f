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
  /** Nothing arrives from here on. */
  readonly outageFrom: number;
  readonly outageTo?: number;
  readonly answering: Answering | ((now: number) => Answering);
  /** The server answers from here on. */
  readonly answeringFrom?: number;
  readonly failing?: boolean;
  /** Round trip outside the outage; during it none is known. */
  readonly rttMs?: number;
  readonly endsAt?: number;
}

/** The remedies and their times, over 16 seconds by default. */
function remediesOf(line: Line, everyMs = EVERY_MS): { at: number; remedy: string }[] {
  const recovery = new Recovery(0);
  const done: { at: number; remedy: string }[] = [];
  let bytes = 0;
  for (let now = everyMs; now <= (line.endsAt ?? 16_000); now += everyMs) {
    const dead = now > line.outageFrom && now <= (line.outageTo ?? Infinity);
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

describe('an outage', () => {
  it('restarts ICE at once when the server does not answer either', () => {
    const [first] = remediesOf({ outageFrom: 3000, answering: 'no' });
    expect(first?.remedy).toBe('restart');
    expect(first?.at).toBeLessThanOrEqual(3000 + SILENT_MS + EVERY_MS);
  });

  it('restarts ICE when checks fail, although the server answers', () => {
    const [first] = remediesOf({ outageFrom: 3000, answering: 'yes', failing: true });
    expect(first).toEqual({ at: 3000 + EVERY_MS, remedy: 'restart' });
  });

  it('restarts at growing intervals, without end', () => {
    const done = remediesOf({ outageFrom: 3000, answering: 'no' });
    expect(done.every((d) => d.remedy === 'restart')).toBe(true);
    expect(pausesOf(restarts(done))).toEqual([
      1000, 1000, 1000, 1000, 1000, 2000, 4000,
    ]);
  });

  it('replaces the connection when the server answers but no restart succeeds', () => {
    const done = remediesOf({ outageFrom: 3000, answering: 'yes', failing: true });
    const replaced = done.find((d) => d.remedy === 'replace');
    expect(replaced?.at).toBeGreaterThanOrEqual(3000 + REPLACE_MS);
    expect(replaced?.at).toBeLessThanOrEqual(3000 + REPLACE_MS + 2 * EVERY_MS);
  });

  it('does not replace the connection at once when the socket is back first', () => {
    const outage = { outageFrom: 3000, answering: 'no', answeringFrom: 8000 } as const;
    const short = remediesOf({ ...outage, outageTo: 9000 });
    expect(short.filter((d) => d.remedy === 'replace')).toEqual([]);
    expect(short.at(-1)?.remedy).toBe('back');
    const replaced = remediesOf(outage).find((d) => d.remedy === 'replace');
    expect(replaced?.at).toBe(8000 + REPLACE_MS);
  });

  it.each([
    ['at once', 9000, [9100, 11_100]],
    ['once the last restart is no longer new', 8600, [9000, 11_000]],
    ['at once after a long outage too', 30_000, [30_100, 32_100]],
  ])('restarts %s when the server is back', (_, answeringFrom, tries) => {
    const done = remediesOf({
      outageFrom: 3000,
      answering: 'no',
      answeringFrom,
      endsAt: 40_000,
    });
    expect(restarts(done).filter((at) => at > answeringFrom)).toEqual(tries);
    const replaced = done.find((d) => d.remedy === 'replace');
    expect(replaced?.at).toBe(answeringFrom + REPLACE_MS);
  });

  it('restarts at once at each return of the server', () => {
    const done = remediesOf({
      outageFrom: 3000,
      failing: true,
      answering: (now) => (now > 5200 && now <= 13_800 ? 'no' : 'yes'),
      endsAt: 15_700,
    });
    expect(done.filter((d) => d.at > 13_800)).toEqual([
      { at: 13_900, remedy: 'restart' },
      { at: 15_700, remedy: 'replace' },
    ]);
  });

  it('restarts as often when the server answered at first', () => {
    const done = remediesOf({
      outageFrom: 3000,
      failing: true,
      answering: (now) => (now > 6000 ? 'no' : 'yes'),
    });
    const outage = restarts(done).filter((at) => at > 6000);
    expect(pausesOf(outage)).toEqual([1000, 1000, 1000, 1000, 1000, 2000]);
  });

  it('replaces the connection although the server sometimes answers late', () => {
    const late = (now: number): Answering =>
      now > 3300 && now % 3000 < 400 ? 'no' : 'yes';
    const done = remediesOf({ outageFrom: 3000, answering: late });
    const [first] = restarts(done);
    const replaced = done.find((d) => d.remedy === 'replace');
    expect(replaced?.at).toBeLessThanOrEqual((first ?? 0) + REPLACE_MS + 2 * 400);
  });

  it('does not replace the connection while the server does not answer', () => {
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

  it('leaves two round trips between restarts', () => {
    const done = remediesOf({
      outageFrom: 3000,
      answering: 'no',
      rttMs: 1000,
      endsAt: 20_000,
    });
    expect(pausesOf(restarts(done))).toEqual([
      2000, 2000, 2000, 2000, 2000, 2000, 4000,
    ]);
    const back = remediesOf({
      outageFrom: 3000,
      answering: 'no',
      answeringFrom: 9100,
      rttMs: 900,
    });
    expect(pausesOf(restarts(back))).toEqual([1800, 1800, 1800, 1800, 2000]);
  });

  it('restarts before the connection would be replaced, however long a round trip is', () => {
    const outage = { outageFrom: 3000, answering: 'no', rttMs: 6000 } as const;
    expect(pausesOf(restarts(remediesOf(outage)))).toEqual([4000, 4000, 4000]);
  });

  it('does not wait longer because a single check took long', () => {
    const recovery = new Recovery(0);
    for (const [i, rttMs] of [200, 1900, 1900].entries()) {
      for (let now = i * 600; now < (i + 1) * 600; now += 100) {
        recovery.observe(liveness(now + 1, { rttMs }), now);
      }
    }
    const outage = liveness(0, { selected: '' });
    expect(recovery.remedy(outage, 'no', 2300)).toBe('restart');
    expect(recovery.remedy(outage, 'no', 3300)).toBe('restart');
  });

  it('reports its end', () => {
    const done = remediesOf({ outageFrom: 3000, outageTo: 8000, answering: 'no' });
    expect(done.at(-1)).toEqual({ at: 8000 + EVERY_MS, remedy: 'back' });
  });
});

it('restarts when checks go unanswered, although the socket is alive', () => {
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

describe('silence without an outage', () => {
  it('is caused by others who stop sending, while the server answers', () => {
    expect(remediesOf({ outageFrom: 3000, answering: 'yes' })).toEqual([]);
    expect(remediesOf({ outageFrom: 3000, answering: 'unknown' })).toEqual([]);
  });

  it('lies between the checks of an idle connection', () => {
    const done = remediesOf({ outageFrom: Infinity, answering: 'no' }, 2500);
    expect(done.filter((d) => d.remedy !== 'back')).toEqual([]);
  });

  it('is as short as a burst of loss', () => {
    const short = { outageFrom: 3000, outageTo: 3300, answering: 'no' } as const;
    expect(remediesOf(short)).toEqual([]);
  });

  it('follows a pair that has vanished', () => {
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

it('replaces a connection whose DTLS has ended, once the server answers', () => {
  const recovery = new Recovery(0);
  expect(recovery.remedy(liveness(0, { dead: true }), 'no', 100)).toBeNull();
  expect(recovery.remedy(liveness(0, { dead: true }), 'unknown', 200)).toBe('replace');
});

describe('the mark of a restart', () => {
  const sdp = 'a=ice-ufrag:ab12\r\na=ice-pwd:x\r\nm=audio\r\na=ice-ufrag:ab12\r\n';

  it('is appended to every user fragment, and replaces the previous one', () => {
    const once = marked(sdp, 1);
    expect(once.match(/a=ice-ufrag:ab12\/1\r/g)).toHaveLength(2);
    expect(marked(once, 2)).toBe(once.replaceAll('/1', '/2'));
    expect(marked(sdp, 0)).toBe(sdp);
  });
});
