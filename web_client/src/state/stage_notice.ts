/*
 * Whether to notify the user of being on the stage, and with which text.
 *
 * Pure. The notice is shown only if others are connected and can see or hear the user. A
 * moderator's choice is notified each time it is made; the automatic choice, which follows
 * the speaker, only once. A reload repeats no notice.
 */
import type { RoomView } from './room';

/** The notices that have been shown; kept across a reload of the tab. */
export interface Notified {
  readonly automatic: boolean;
  /** For the present choice of a moderator. */
  readonly chosen: boolean;
}

export interface Sending {
  readonly camera: boolean;
  readonly microphone: boolean;
}

export type StageNotice = 'notice-on-stage-seen' | 'notice-on-stage-heard';

export interface Step {
  readonly notice: StageNotice | null;
  readonly notified: Notified;
}

function noticeFor(sending: Sending): StageNotice | null {
  if (sending.camera) return 'notice-on-stage-seen';
  return sending.microphone ? 'notice-on-stage-heard' : null;
}

/** Whether a notice that is shown is still true. */
export function stillOnStage(
  view: RoomView,
  sending: Sending,
  notice: StageNotice,
): boolean {
  return view.room.stage === view.self && noticeFor(sending) === notice;
}

/** The notice after a change of the room, and the notices shown by then. */
export function onStage(view: RoomView, sending: Sending, notified: Notified): Step {
  const { self, room, participants } = view;
  const chosen = room.chosen_stage === self;
  const before: Notified = chosen ? notified : { ...notified, chosen: false };
  const others = [...participants.values()].some((p) => p.id !== self && p.connected);
  const notice = noticeFor(sending);
  const known = chosen ? before.chosen : before.automatic;
  if (room.stage !== self || known || !others || !notice) {
    return { notice: null, notified: before };
  }
  return {
    notice,
    notified: { automatic: true, chosen: chosen || before.chosen },
  };
}
