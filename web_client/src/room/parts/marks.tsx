/* Marks on a name: muted, hand, weak link, connection lost. */
import type { JSX } from 'preact';
import { Hand, MicOff, TriangleAlert, WifiOff, type LucideIcon } from 'lucide-preact';
import { Live } from '../../design/parts';
import type { ParticipantInfo } from '../../protocol';
import { sends } from '../../state/room';
import { t } from '../../text';
import type { SeatClient } from '../seat/seat_client';

const WEAK_AT = 1; // the mark is shown at this quality level and below

/** Small marks on the name plate: muted, hand, weak link, connection lost. */
export function Marks({
  seat,
  participant,
  own,
}: {
  seat: SeatClient;
  participant: ParticipantInfo;
  /** These are the marks of the user's own seat. */
  own: boolean;
}): JSX.Element {
  // For the user's own seat the local switch counts: the server learns of a track only
  // from its first packets.
  const heard = own ? seat.local.microphoneOn.value : sends(participant, 'microphone');
  const publishes = participant.role !== 'researcher' || participant.has_floor;
  const weak = participant.quality !== null && participant.quality <= WEAK_AT;
  return (
    <span class="marks">
      {participant.hand === null ? null : (
        <span
          class="mark hand numbers"
          role="img"
          aria-label={t('hand-number', { number: participant.hand })}
          data-testid="mark-hand"
        >
          <Hand aria-hidden="true" />
          <Live text={participant.hand} />
        </span>
      )}
      {participant.connected && publishes && !heard ? (
        <Mark icon={MicOff} tone="danger" name="muted" />
      ) : null}
      {participant.connected && weak ? (
        <Mark icon={TriangleAlert} tone="warn" name="weak" />
      ) : null}
      {participant.connected ? null : <Mark icon={WifiOff} tone="warn" name="away" />}
    </span>
  );
}

interface MarkProps {
  icon: LucideIcon;
  tone: 'danger' | 'warn';
  name: 'muted' | 'weak' | 'away';
}

const MARK_KEYS: Readonly<Record<MarkProps['name'], readonly [string, string]>> = {
  muted: ['mark-muted', 'mark-muted-word'],
  weak: ['mark-weak', 'mark-weak-word'],
  away: ['mark-away', 'mark-away-word'],
};

/**
 * A filled mark, recognisable from a distance; with its text where the tile is large.
 */
function Mark({ icon: Icon, tone, name }: MarkProps): JSX.Element {
  const [full, word] = MARK_KEYS[name];
  return (
    <span
      class={`mark pill ${tone}`}
      role="img"
      aria-label={t(full)}
      title={t(full)}
      data-testid={`mark-${name}`}
    >
      <Icon aria-hidden="true" />
      <span class="mark-word" aria-hidden="true">
        {t(word)}
      </span>
    </span>
  );
}
