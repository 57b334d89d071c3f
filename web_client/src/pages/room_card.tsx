/* One room of a moderator: people inside, invitations, buttons to enter and to close it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { go } from '../navigation/routes';
import { Button, Live } from '../design/parts';
import { Invitations } from '../invitations/list';
import type { InvitationInfo, RoomSummary } from '../protocol';
import { ConfirmCloseRoom } from '../room/dialogs/close_room';
import type { Link } from '../signaling/link';
import { t } from '../text';
import { notifyFailure } from '../text/failure';

interface RoomCardProps {
  room: RoomSummary;
  link: Link;
  /** Invitations of a room that was just created; shown at once. */
  fresh: InvitationInfo[] | null;
  onClosed: () => void;
}

export function RoomCard({ room, link, fresh, onClosed }: RoomCardProps): JSX.Element {
  const [open, setOpen] = useState(fresh !== null);
  const [closing, setClosing] = useState(false);
  const close = async (): Promise<void> => {
    try {
      await link.request('room.close', { room: room.id });
      onClosed();
    } catch (error) {
      notifyFailure(error);
    }
  };
  return (
    <li class="card stack" data-testid="room-card">
      <div class="row apart">
        <div class="grow">
          <h2>{room.title}</h2>
          <p class="soft">
            {room.organisation} ·{' '}
            <Live text={t('present-count', { count: room.present })} />
          </p>
        </div>
        <Button
          kind="primary"
          testid="enter-room"
          onPress={() => go(`/room/${room.id}`)}
        >
          {t('enter-room')}
        </Button>
      </div>
      <div class="row apart">
        <Button expanded={open} testid="invitations" onPress={() => setOpen(!open)}>
          {t('invitations')}
        </Button>
        <Button kind="plain" testid="close-room" onPress={() => setClosing(true)}>
          {t('close-room')}
        </Button>
      </div>
      {open ? <Invitations link={link} room={room.id} fresh={fresh} /> : null}
      {closing ? (
        <ConfirmCloseRoom
          title={room.title}
          onConfirm={() => void close()}
          onClose={() => setClosing(false)}
        />
      ) : null}
    </li>
  );
}
