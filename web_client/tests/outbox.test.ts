import { expect, it } from 'vitest';
import { failed, passes, put, retried, taken, unanswered } from '../src/state/outbox';

it('keeps a failed message with its nonce until it is stored', () => {
  let box = put([], 'n1', 'hello');
  box = failed(box, 'n1', null);
  expect(box[0]).toEqual({ nonce: 'n1', text: 'hello', state: 'failed', code: null });
  box = retried(box, 'n1');
  expect(box[0]?.state).toBe('sending');
  expect(taken(box, 'n1')).toEqual([]);
});

it('automatically sends again only what got no answer', () => {
  let box = put(put(put([], 'a', '1'), 'b', '2'), 'c', '3');
  box = failed(failed(box, 'a', null), 'b', 'too-fast');
  expect(unanswered(box)).toEqual(['a']);
});

it.each(['storage-busy', 'storage-failed'])(
  'automatically sends again after %s',
  (code) => {
    const box = failed(put([], 'a', '1'), 'a', code);
    expect(unanswered(box)).toEqual(['a']);
    expect(passes(code)).toBe(true);
    expect(passes('too-fast')).toBe(false);
  },
);
