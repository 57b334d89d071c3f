import { describe, expect, it } from 'vitest';
import { ANSWER_MS, TICK_MS, Watchdog } from '../src/signaling/watchdog';

const PROMISED_MS = 3000;

/** Time from the last byte to the verdict, with media at `bytesPerTick` before. */
function noticedAfter(bytesPerTick: number, lostAt: number): number {
  const dog = new Watchdog(0);
  let bytes = 0;
  for (let now = 0; now < 60_000; now += TICK_MS) {
    if (now <= lostAt) bytes += bytesPerTick;
    if (dog.tick(bytes, now)) {
      if (now <= lostAt) dog.answered(true, now);
      else return now + ANSWER_MS - lostAt;
    }
  }
  return Number.POSITIVE_INFINITY;
}

describe('a lost connection', () => {
  it.each([10_000, 10_250, 11_499])(
    'is detected in time while media flows (%i)',
    (at) => {
      expect(noticedAfter(5000, at)).toBeLessThanOrEqual(PROMISED_MS);
    },
  );

  it.each([10_000, 10_250, 11_499])('is detected in time without media (%i)', (at) => {
    expect(noticedAfter(0, at)).toBeLessThanOrEqual(PROMISED_MS);
  });
});

describe('a working connection', () => {
  it('is not probed while media flows', () => {
    const dog = new Watchdog(0);
    for (let now = 0; now < 30_000; now += TICK_MS) {
      expect(dog.tick(now + 1, now)).toBe(false);
    }
  });

  it('is probed once at a time', () => {
    const dog = new Watchdog(0);
    expect(dog.tick(0, 2000)).toBe(true);
    expect(dog.tick(0, 2500)).toBe(false);
    expect(dog.answered(true, 2600)).toBe(false);
    expect(dog.tick(0, 3000)).toBe(false);
  });

  it('counts every event as an answer', () => {
    const dog = new Watchdog(0);
    dog.heard(1900);
    expect(dog.tick(0, 2000)).toBe(false);
  });

  it('starts again with a new connection', () => {
    const dog = new Watchdog(0);
    expect(dog.tick(0, 2000)).toBe(true);
    dog.restart(3000);
    expect(dog.tick(0, 3500)).toBe(false);
    expect(dog.tick(0, 4500)).toBe(true);
  });
});
