/*
 * Whether to notify the user of being on the stage, and by which text.
 *
 * Pure. It is said only when it is so: others are there, and they see or hear the one
 * on the stage. A moderator's choice is said once each time it is made; the room's own
 * choice follows the one who speaks and is said once. A reload says nothing again.
 */
import type { RoomView } from './room';

/** The notices shown already; kept over a reload of the tab. */
export interface Told {
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
  readonly told: Told;
}

/** The notice after a change of the room, and the notices shown by then. */
export function onStage(view: RoomView, sending: Sending, told: Told): Step {
  const { self, room, participants } = view;
  const chosen = room.chosen_stage === self;
  const before: Told = chosen ? told : { ...told, chosen: false };
  const others = [...participants.values()].some((p) => p.id !== self && p.connected);
  const notice = sending.camera
    ? 'notice-on-stage-seen'
    : sending.microphone
      ? 'notice-on-stage-heard'
      : null;
  const known = chosen ? before.chosen : before.automatic;
  if (room.stage !== self || known || !others || !notice) {
    return { notice: null, told: before };
  }
  return {
    notice,
    told: { automatic: true, chosen: chosen || before.chosen },
  };
}
