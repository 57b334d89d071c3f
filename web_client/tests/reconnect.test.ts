import { describe, expect, it } from 'vitest';
import {
  advance,
  FIRST_WAIT_MS,
  HURRY_WITHIN_MS,
  LONGEST_WAIT_MS,
  missingSince,
  refusedBy,
  waitBefore,
  type Phase,
  type Signal,
} from '../src/signaling/reconnect';

const PHASES: Phase[] = [
  { name: 'idle' },
  { name: 'connecting', attempt: 0, lostAt: null, since: 0, refusedBy: null },
  { name: 'online' },
  { name: 'waiting', attempt: 1, lostAt: 0, retryAt: 300, refusedBy: null },
  { name: 'refused', code: 'room-closed', message: '' },
  { name: 'closed' },
];

const SIGNALS: Signal[] = [
  { name: 'open' },
  { name: 'connected' },
  { name: 'lost' },
  { name: 'refused', code: 'room-closed', message: '', passesInMs: null },
  { name: 'retry' },
  { name: 'net-returned' },
  { name: 'hurry' },
  { name: 'close' },
];

/** Rows: phases; columns: signals, in the orders above. `=` stays. */
const TABLE = [
  ['connecting', '=', '=', '=', '=', '=', '=', 'closed'],
  ['=', 'online', 'waiting', 'refused', '=', '=', 'waiting', 'closed'],
  ['=', '=', 'waiting', '=', '=', '=', '=', 'closed'],
  ['=', '=', '=', 'refused', 'connecting', 'connecting', 'waiting', 'closed'],
  ['connecting', '=', '=', '=', '=', '=', '=', 'closed'],
  ['connecting', '=', '=', '=', '=', '=', '=', 'closed'],
];

describe('every phase with every signal', () => {
  for (const [row, phase] of PHASES.entries()) {
    for (const [column, signal] of SIGNALS.entries()) {
      const expected = TABLE[row]?.[column];
      it(`${phase.name} + ${signal.name} → ${expected}`, () => {
        const after = advance(phase, signal, 1000);
        if (expected === '=') expect(after).toBe(phase);
        else expect(after.name).toBe(expected);
      });
    }
  }
});

describe('retrying', () => {
  it('waits longer each time up to a limit, without end', () => {
    let phase: Phase = { name: 'online' };
    const waits: number[] = [];
    let now = 0;
    phase = advance(phase, { name: 'lost' }, now);
    for (let i = 0; i < 40; i += 1) {
      if (phase.name !== 'waiting') throw new Error(phase.name);
      waits.push(phase.retryAt - now);
      now = phase.retryAt;
      phase = advance(phase, { name: 'retry' }, now);
      phase = advance(phase, { name: 'lost' }, now);
    }
    expect(waits.slice(0, 5)).toEqual([300, 600, 1200, 2400, 3000]);
    expect(waits.at(-1)).toBe(LONGEST_WAIT_MS);
  });

  it('reconnects soon when media is back, spread over a short time', () => {
    const phase = advance({ name: 'online' }, { name: 'lost' }, 1000);
    for (const chance of [0, 0.5, 1]) {
      const after = advance(phase, { name: 'hurry' }, 1100, chance);
      expect(after).toMatchObject({ name: 'waiting', lostAt: 1000 });
      if (after.name === 'waiting') expect(after.retryAt).toBeLessThanOrEqual(1300);
    }
  });

  it('abandons an attempt that began during the outage, and no newer one', () => {
    let phase = advance({ name: 'online' }, { name: 'lost' }, 0);
    phase = advance(phase, { name: 'retry' }, 300);
    expect(advance(phase, { name: 'hurry' }, 400, 0.5)).toBe(phase);
    const after = advance(phase, { name: 'hurry' }, 2000, 0.5);
    expect(after).toMatchObject({
      name: 'waiting',
      lostAt: 0,
      retryAt: 2000 + HURRY_WITHIN_MS / 2,
    });
  });

  it('spreads attempts by a third at most', () => {
    expect(waitBefore(1, 0)).toBe(FIRST_WAIT_MS);
    expect(waitBefore(1, 1)).toBe((FIRST_WAIT_MS * 2) / 3);
  });

  it('measures from the first loss, not from the last attempt', () => {
    let phase = advance({ name: 'online' }, { name: 'lost' }, 1000);
    phase = advance(phase, { name: 'retry' }, 1300);
    phase = advance(phase, { name: 'lost' }, 5000);
    expect(missingSince(phase)).toBe(1000);
  });

  it('reports no loss before the first connection', () => {
    expect(missingSince(advance({ name: 'idle' }, { name: 'open' }, 5))).toBeNull();
  });

  it('waits after a temporary refusal', () => {
    const phase = advance(
      { name: 'connecting', attempt: 0, lostAt: null, since: 0, refusedBy: null },
      { name: 'refused', code: 'too-many-attempts', message: '', passesInMs: 20_000 },
      0,
    );
    expect(phase).toMatchObject({ name: 'waiting', retryAt: 20_000 });
    expect(refusedBy(phase)).toBe('too-many-attempts');
    expect(refusedBy(advance(phase, { name: 'retry' }, 20_000))).toBe(
      'too-many-attempts',
    );
    expect(refusedBy({ name: 'online' })).toBeNull();
  });
});
