/* The room's invitation links, for moderators inside the room. */
import type { JSX } from 'preact';
import { Dialog } from '../../design/parts';
import { Invitations } from '../../invitations/list';
import { t } from '../../text';
import type { SeatClient } from '../seat/seat_client';

interface InviteProps {
  seat: SeatClient;
  onClose: () => void;
}

export function InviteDialog({ seat, onClose }: InviteProps): JSX.Element | null {
  const room = seat.view.value?.room.id;
  if (!room) return null;
  return (
    <Dialog title={t('invite-people')} onClose={onClose} testid="invite-dialog">
      <Invitations link={seat.link} room={room} />
    </Dialog>
  );
}
