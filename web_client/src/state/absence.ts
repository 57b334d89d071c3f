/* Why a tile shows letters where others see a picture. Pure. */
import type { ParticipantInfo } from '../protocol';
import { sends } from './room';

/**
 * `off`: nothing is sent. The others: it is sent and not fetched, by this person's own
 * choice, for want of room on the link, or not yet.
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
