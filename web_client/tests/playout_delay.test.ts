import { describe, expect, it } from 'vitest';
import { PlayoutDelay } from '../src/media/playout_delay';

const FAR = { rttMs: 200, speaking: false };

function after(...losses: number[]): PlayoutDelay {
  const patience = new PlayoutDelay();
  for (const loss of losses) patience.take({ ...FAR, loss });
  return patience;
}

describe('the playout delay', () => {
  it('is left to the browser while nothing is lost', () => {
    expect(after(0, 0.001, 0.015).waitMs).toBeNull();
  });

  it('is two round trips on a link with loss', () => {
    expect(after(0.05).waitMs).toBe(500);
  });

  it('is one round trip while the user speaks, and changes at once', () => {
    const patience = after(0.05);
    expect(patience.take({ loss: 0.05, rttMs: 200, speaking: true })).toBe(true);
    expect(patience.waitMs).toBe(300);
    expect(patience.take({ loss: 0.05, rttMs: 200, speaking: false })).toBe(true);
    expect(patience.waitMs).toBe(500);
  });

  it('stays the same while the round trip varies a little', () => {
    const patience = after(0.05);
    expect(patience.take({ loss: 0.02, rttMs: 230, speaking: false })).toBe(false);
    expect(patience.take({ loss: 0.08, rttMs: 170, speaking: false })).toBe(false);
    expect(patience.take({ loss: 0.05, rttMs: 320, speaking: false })).toBe(true);
    expect(patience.waitMs).toBe(740);
  });

  it('has an upper limit', () => {
    const patience = new PlayoutDelay();
    patience.take({ loss: 0.3, rttMs: 2000, speaking: false });
    expect(patience.waitMs).toBe(800);
  });

  it('ends after a while without loss, and not before', () => {
    const patience = after(0.1, ...Array<number>(9).fill(0), 0.006);
    expect(patience.waitMs).toBe(500);
    for (let n = 0; n < 9; n += 1) patience.take({ ...FAR, loss: 0 });
    expect(patience.waitMs).toBe(500);
    expect(patience.take({ ...FAR, loss: 0 })).toBe(true);
    expect(patience.waitMs).toBeNull();
  });

  it('covers only jitter when the round trip is unknown', () => {
    const patience = new PlayoutDelay();
    patience.take({ loss: 0.1, rttMs: null, speaking: false });
    expect(patience.waitMs).toBe(100);
  });
});
