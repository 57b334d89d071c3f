import { describe, expect, it } from 'vitest';
import { newsBetween, withNews } from '../src/state/news';
import type { ParticipantInfo } from '../src/protocol';
import type { RoomView } from '../src/state/room';
import { participant, roomInfo, view } from './support';

const room = (...others: ParticipantInfo[]): RoomView =>
  view({ participants: [participant('me'), ...others] });
const ann = participant('ann', { name: 'Ann' });
const ben = participant('ben', { name: 'Ben' });

describe('news for moderators', () => {
  it('names people who joined and left', () => {
    expect(newsBetween(room(), room(ann, ben))).toEqual([
      { kind: 'joined', names: ['Ann', 'Ben'] },
    ]);
    expect(newsBetween(room(ann), room(ben))).toEqual([
      { kind: 'joined', names: ['Ben'] },
      { kind: 'left', names: ['Ann'] },
    ]);
  });

  it('reports a raised hand once, and not when its owner reconnects', () => {
    const raised = { ...ann, hand: 1 };
    expect(newsBetween(room(ann), room(raised))).toEqual([
      { kind: 'hand', names: ['Ann'] },
    ]);
    expect(newsBetween(room(raised), room({ ...raised, hand: 2 }))).toEqual([]);
    expect(newsBetween(room({ ...ann, connected: false }), room(raised))).toEqual([]);
  });

  it('reports nothing about the user, another room or no change', () => {
    const own = view({ participants: [participant('me', { hand: 1 })] });
    expect(newsBetween(room(), own)).toEqual([]);
    const other = view({ room: roomInfo({ id: 'other' }), participants: [ann] });
    expect(newsBetween(room(), other)).toEqual([]);
    const same = room(ann);
    expect(newsBetween(same, same)).toEqual([]);
    expect(newsBetween(same, { ...same, speakers: ['ann'] })).toEqual([]);
  });

  it('keeps one line of each kind', () => {
    const shown = withNews([], [{ kind: 'joined', names: ['Ann'] }]);
    const hand = withNews(shown, [{ kind: 'hand', names: ['Ann'] }]);
    expect(withNews(hand, [{ kind: 'joined', names: ['Ben'] }])).toEqual([
      { kind: 'hand', names: ['Ann'] },
      { kind: 'joined', names: ['Ann', 'Ben'] },
    ]);
  });
});
