import { describe, expect, it } from 'vitest';
import { absence } from '../src/state/absence';
import {
  counts,
  byOrganisation,
  handQueue,
  mergeMessages,
  mutedOnly,
  moderators,
  reduce,
  sends,
  viewFrom,
} from '../src/state/room';
import { message, participant, roomInfo, seatTaken, slot, view } from './support';

describe('messages', () => {
  it('appends newer messages', () => {
    expect(
      mergeMessages([message(1)], [message(2), message(3)]).map((m) => m.seq),
    ).toEqual([1, 2, 3]);
  });

  it('keeps each sequence number once and in order', () => {
    const merged = mergeMessages(
      [message(3), message(4)],
      [message(4), message(1), message(2), message(5)],
    );
    expect(merged.map((m) => m.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('changes nothing when nothing arrives', () => {
    const present = [message(1)];
    expect(mergeMessages(present, [])).toBe(present);
  });
});

describe('resuming a seat', () => {
  it('keeps the messages already here and adds the missed ones', () => {
    const before = view({ messages: [message(1), message(2)] });
    const after = viewFrom(seatTaken({ messages: [message(3)] }), before);
    expect(after.messages.map((m) => m.seq)).toEqual([1, 2, 3]);
  });

  it('keeps nothing of another room', () => {
    const before = view({ messages: [message(1)] });
    const room = roomInfo({ id: 'other' });
    expect(viewFrom(seatTaken({ room }), before).messages).toEqual([]);
  });

  it('forgets what slots carried before', () => {
    const before = reduce(view(), {
      name: 'slots.changed',
      payload: { slots: [slot('2', 'a', 'camera')] },
    });
    expect(viewFrom(seatTaken(), before).slots.size).toBe(0);
  });
});

describe('events of the server', () => {
  it('adds and replaces a participant without moving the others', () => {
    const start = view({ participants: [participant('a'), participant('b')] });
    const next = reduce(start, {
      name: 'participant.changed',
      payload: { participant: participant('a', { hand: 1 }) },
    });
    expect([...next.participants.keys()]).toEqual(['a', 'b']);
    expect(next.participants.get('a')?.hand).toBe(1);
    expect(start.participants.get('a')?.hand).toBeNull();
  });

  it('removes a participant who left from the participants and the speakers', () => {
    const start = {
      ...view({ participants: [participant('a'), participant('b')] }),
      speakers: ['b', 'a'],
    };
    const next = reduce(start, {
      name: 'participant.left',
      payload: { participant: 'b', reason: 'left' },
    });
    expect([...next.participants.keys()]).toEqual(['a']);
    expect(next.speakers).toEqual(['a']);
  });

  it('ignores that an unknown participant left', () => {
    const start = view();
    const event = {
      name: 'participant.left',
      payload: { participant: 'nobody', reason: 'lost' },
    } as const;
    expect(reduce(start, event)).toBe(start);
  });

  it('replaces only the slots that changed', () => {
    const start = view({ slots: [slot('2', 'a', 'camera'), slot('7', 'b', 'camera')] });
    const next = reduce(start, {
      name: 'slots.changed',
      payload: { slots: [slot('7', null, null)] },
    });
    expect(next.slots.get('2')?.participant).toBe('a');
    expect(next.slots.get('7')?.participant).toBeNull();
  });

  it('takes over capabilities, room, messages and speakers', () => {
    let now = view();
    now = reduce(now, {
      name: 'seat.changed',
      payload: { role: 'researcher', capabilities: ['room.watch'] },
    });
    now = reduce(now, {
      name: 'room.changed',
      payload: { room: roomInfo({ title: 'New', stage: 'me' }) },
    });
    now = reduce(now, { name: 'chat.message', payload: message(1) });
    now = reduce(now, {
      name: 'speakers.changed',
      payload: { speakers: ['me'], dominant: null },
    });
    expect(now.role).toBe('researcher');
    expect(now.capabilities.has('media.publish')).toBe(false);
    expect(now.room.title).toBe('New');
    expect(now.messages).toHaveLength(1);
    expect(now.speakers).toEqual(['me']);
  });

  it('keeps the view for events that are handled elsewhere', () => {
    const start = view();
    expect(reduce(start, { name: 'publish.needed', payload: {} })).toBe(start);
    expect(reduce(start, { name: 'server.stopping', payload: {} })).toBe(start);
  });
});

describe('lists of people', () => {
  const room = view({
    participants: [
      participant('chair', { role: 'moderator', organisation: 'Zeta' }),
      participant('kim', { name: '김철수', organisation: '나노' }),
      participant('lee', { name: '이영희', organisation: '가온', hand: 2 }),
      participant('ann', { name: 'Ann', organisation: '나노', hand: 1 }),
    ],
  });

  it('orders hands as they were raised', () => {
    expect(handQueue(room.participants).map((p) => p.id)).toEqual(['ann', 'lee']);
  });

  it('groups by organisation without the moderators', () => {
    const groups = byOrganisation(room.participants, 'ko');
    expect(groups.map((g) => g.organisation)).toEqual(['가온', '나노']);
    expect(groups[1]?.participants).toHaveLength(2);
    expect(moderators(room.participants).map((p) => p.id)).toEqual(['chair']);
  });

  it('distinguishes muted tracks from sent ones', () => {
    const p = participant('a', {
      tracks: [
        { source: 'microphone', codec: 'opus', muted: true },
        { source: 'camera', codec: 'VP8', muted: false },
      ],
    });
    expect(sends(p, 'microphone')).toBe(false);
    expect(sends(p, 'camera')).toBe(true);
    expect(sends(p, 'screen')).toBe(false);
  });
});

describe('the number of participants', () => {
  it('counts disconnected participants separately', () => {
    const room = view({
      participants: [
        participant('me'),
        participant('ann'),
        participant('ben', { connected: false }),
      ],
    });
    expect(counts(room)).toEqual({ here: 2, lost: 1 });
    expect(counts(null)).toEqual({ here: 0, lost: 0 });
  });
});

describe('why a tile shows initials', () => {
  const camera = {
    tracks: [{ source: 'camera', codec: 'VP8', muted: false }],
  } as const;
  const ann = participant('ann', { tracks: [...camera.tracks] });

  it('distinguishes a camera that is off from a picture that is not received', () => {
    expect(absence(participant('ann'), null, false)).toBe('off');
    expect(absence(ann, null, true)).toBe('choice');
    expect(absence(ann, { starved: true }, false)).toBe('link');
    expect(absence(ann, { starved: false }, false)).toBe('coming');
    expect(absence(ann, null, false)).toBe('coming');
    expect(absence({ ...ann, connected: false }, null, false)).toBe('off');
  });
});

describe('the hint to unmute', () => {
  it('needs the right to publish', () => {
    const speaking = view({ capabilities: ['room.watch', 'media.publish'] });
    expect(mutedOnly(speaking, false)).toBe(true);
    expect(mutedOnly(speaking, true)).toBe(false);
    const taken = reduce(speaking, {
      name: 'seat.changed',
      payload: { role: 'researcher', capabilities: ['room.watch'] },
    });
    expect(mutedOnly(taken, false)).toBe(false);
    expect(mutedOnly(null, false)).toBe(false);
  });
});
