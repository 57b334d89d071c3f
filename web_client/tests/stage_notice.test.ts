import { describe, expect, it } from 'vitest';
import {
  onStage,
  stillOnStage,
  type Step,
  type Notified,
} from '../src/state/stage_notice';
import { participant, roomInfo, view } from './support';

const SEEN = { camera: true, microphone: true };
const NEVER: Notified = { automatic: false, chosen: false };

function room({
  stage = 'me',
  chosen = true,
  others = true,
  connected = true,
} = {}): ReturnType<typeof view> {
  return view({
    room: roomInfo({ stage, chosen_stage: chosen ? stage : null }),
    participants: [
      participant('me'),
      ...(others ? [participant('ann', { connected })] : []),
    ],
  });
}

describe('the notice of being on the stage', () => {
  it('is shown only if others can see or hear the user', () => {
    const said = (at: ReturnType<typeof view>, sending = SEEN): Step['notice'] =>
      onStage(at, sending, NEVER).notice;
    expect(said(room())).toBe('notice-on-stage-seen');
    expect(said(room(), { camera: false, microphone: true })).toBe(
      'notice-on-stage-heard',
    );
    expect(said(room(), { camera: false, microphone: false })).toBeNull();
    expect(said(room({ others: false }))).toBeNull();
    expect(said(room({ connected: false }))).toBeNull();
    expect(said(room({ stage: 'ann' }))).toBeNull();
  });

  it('is shown once for the automatic choice', () => {
    const first = onStage(room({ chosen: false }), SEEN, NEVER);
    expect(first.notice).not.toBeNull();
    const away = onStage(room({ stage: 'ann', chosen: false }), SEEN, first.notified);
    expect(onStage(room({ chosen: false }), SEEN, away.notified).notice).toBeNull();
  });

  it('is shown each time a moderator chooses', () => {
    const first = onStage(room(), SEEN, NEVER);
    expect(first.notice).not.toBeNull();
    // The same choice again, as after a reload or a lost connection.
    expect(onStage(room(), SEEN, first.notified).notice).toBeNull();
    const away = onStage(room({ stage: 'ann' }), SEEN, first.notified);
    expect(onStage(room(), SEEN, away.notified).notice).not.toBeNull();
  });

  it('is shown later if nobody sees or hears the user yet', () => {
    const alone = onStage(room({ others: false }), SEEN, NEVER);
    expect(alone.notified).toEqual(NEVER);
  });

  it('is withdrawn when it is no longer true', () => {
    const seen = 'notice-on-stage-seen';
    expect(stillOnStage(room(), SEEN, seen)).toBe(true);
    expect(stillOnStage(room({ stage: 'ann' }), SEEN, seen)).toBe(false);
    const off = { camera: false, microphone: true };
    expect(stillOnStage(room(), off, seen)).toBe(false);
    expect(stillOnStage(room(), off, 'notice-on-stage-heard')).toBe(true);
    expect(stillOnStage(room(), SEEN, 'notice-on-stage-heard')).toBe(false);
  });
});
