/* The room's links, for a moderator who is inside. */
import type { JSX } from 'preact';
import { Dialog } from '../../design/parts';
import { Invitations } from '../../invitations/list';
import { t } from '../../text';
import type { RoomSession } from '../seat/seat_client';

interface InviteProps {
  session: RoomSession;
  onClose: () => void;
}

export function InviteDialog({ session, onClose }: InviteProps): JSX.Element | null {
  const room = session.view.value?.room.id;
  if (!room) return null;
  return (
    <Dialog title={t('invite-people')} onClose={onClose} testid="invite-dialog">
      <Invitations link={session.link} room={room} />
    </Dialog>
  );
}
