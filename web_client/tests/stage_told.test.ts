import { describe, expect, it } from 'vitest';
import type { TrackInfo } from '../src/protocol';
import { StageTold } from '../src/state/stage_told';
import { participant, roomInfo, view } from './support';

const track = (source: TrackInfo['source']): TrackInfo => ({
  source,
  codec: 'VP8',
  muted: false,
});
const CAMERA = [track('camera')];
const before = view();

function onStage(
  tracks: TrackInfo[],
  { others = true, chosen = true, connected = true } = {},
): ReturnType<typeof view> {
  return view({
    room: roomInfo({ stage: 'me', chosen_stage: chosen ? 'me' : null }),
    participants: [
      participant('me', { tracks }),
      ...(others ? [participant('ann', { connected })] : []),
    ],
  });
}

describe('what is said to somebody who came on the stage', () => {
  it('is only what is so', () => {
    const told = (after: ReturnType<typeof view>): string | null =>
      new StageTold().notice(before, after);
    expect(told(onStage(CAMERA))).toBe('notice-on-stage-seen');
    expect(told(onStage([track('microphone')]))).toBe('notice-on-stage-heard');
    expect(told(onStage([]))).toBeNull();
    expect(told(onStage([{ ...track('camera'), muted: true }]))).toBeNull();
    expect(told(onStage(CAMERA, { others: false }))).toBeNull();
    expect(told(onStage(CAMERA, { connected: false }))).toBeNull();
    expect(told(view())).toBeNull();
  });

  it('is said once of the automatic choice and each time of a moderator’s', () => {
    const told = new StageTold();
    expect(told.notice(before, onStage(CAMERA, { chosen: false }))).not.toBeNull();
    expect(told.notice(before, onStage(CAMERA, { chosen: false }))).toBeNull();
    expect(told.notice(before, onStage(CAMERA))).not.toBeNull();
    expect(told.notice(before, onStage(CAMERA))).not.toBeNull();
  });

  it('is not said again while one stays there', () => {
    const there = onStage(CAMERA);
    expect(new StageTold().notice(there, onStage(CAMERA))).toBeNull();
  });
});
