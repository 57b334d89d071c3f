/*
 * Whether to notify the user of being on the stage, and by which text.
 *
 * Pure. It is said only when it is so: others are there, and they see or hear the one
 * on the stage. A moderator's choice is said once each time it is made; the room's own
 * choice follows the one who speaks and is said once. A reload says nothing again.
 */
import type { RoomView } from './room';

/** The notices shown already; kept over a reload of the tab. */
export interface Notified {
  readonly automatic: boolean;
  /** Of the moderator's choice that holds now. */
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

/** The notice after a change of the room, and the notices shown by then. */
export function onStage(view: RoomView, sending: Sending, notified: Notified): Step {
  const { self, room, participants } = view;
  const chosen = room.chosen_stage === self;
  const before: Notified = chosen ? notified : { ...notified, chosen: false };
  const others = [...participants.values()].some((p) => p.id !== self && p.connected);
  const notice = sending.camera
    ? 'notice-on-stage-seen'
    : sending.microphone
      ? 'notice-on-stage-heard'
      : null;
  const known = chosen ? before.chosen : before.automatic;
  if (room.stage !== self || known || !others || !notice) {
    return { notice: null, notified: before };
  }
  return {
    notice,
    notified: { automatic: true, chosen: chosen || before.chosen },
  };
}
