/*
 * Whether to say to somebody that they came on the stage, and in which words.
 *
 * Pure. It is said only when it is so: others are there, and they see or hear the one
 * on the stage. A moderator's choice is said once each time it is made; the room's own
 * choice follows the one who speaks and is said once. A reload says nothing again.
 */
import type { RoomView } from './room';

/** What was said already; kept over a reload of the tab. */
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

/** What to say after a change of the room, and what has been said then. */
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
