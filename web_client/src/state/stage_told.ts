/*
 * Whether to say to somebody that they came on the stage, and in which words.
 *
 * Pure. It is said only when it is so: others are there, and they see or hear the
 * one on the stage. A moderator's choice is said each time; the room's own choice
 * follows the one who speaks and is said once.
 */
import { sends, type RoomView } from './room';

export type StageNotice = 'notice-on-stage-seen' | 'notice-on-stage-heard';

export class StageTold {
  #told = false;

  /** The text to show after a change of the room; null: nothing is to be said. */
  notice(before: RoomView | null, after: RoomView): StageNotice | null {
    const { self, room, participants } = after;
    if (room.stage !== self || before?.room.stage === self) return null;
    if (room.chosen_stage !== self && this.#told) return null;
    const others = [...participants.values()].some((p) => p.id !== self && p.connected);
    const own = participants.get(self);
    if (!others || !own) return null;
    const notice = sends(own, 'camera')
      ? 'notice-on-stage-seen'
      : sends(own, 'microphone')
        ? 'notice-on-stage-heard'
        : null;
    if (notice) this.#told = true;
    return notice;
  }
}
