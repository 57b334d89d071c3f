/* Why a tile shows initials instead of a picture. Pure. */
import type { ParticipantInfo } from '../protocol';
import { sends } from './room';

/**
 * `off`: the participant sends no picture. The others: it is sent but not received, by
 * this user's own choice, because the link is too slow, or not yet.
 */
export type Absence = 'off' | 'choice' | 'link' | 'coming';

export function absence(
  participant: ParticipantInfo,
  shown: { starved: boolean } | null,
  soundOnly: boolean,
): Absence {
  if (!participant.connected || !sends(participant, 'camera')) return 'off';
  if (soundOnly) return 'choice';
  return shown?.starved ? 'link' : 'coming';
}
