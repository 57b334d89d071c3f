/* Asks a moderator whether to leave or to close the room; others leave at once. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Button, Dialog } from '../../design/parts';
import { t } from '../../text';
import type { SeatClient } from '../seat/seat_client';
import { ConfirmCloseRoom } from './close_room';

interface LeaveProps {
  seat: SeatClient;
  onClose: () => void;
}

export function LeaveDialog({ seat, onClose }: LeaveProps): JSX.Element {
  const room = seat.view.value?.room;
  const [closing, setClosing] = useState(false);
  if (closing && room) {
    return (
      <ConfirmCloseRoom
        title={room.title}
        onConfirm={() => void seat.ask('room.close', { room: room.id })}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog title={t('leave-title')} onClose={onClose} testid="leave-dialog">
      <p>{t('leave-text')}</p>
      <div class="row">
        <Button
          kind="primary"
          testid="leave-yes"
          onPress={() => {
            onClose();
            void seat.leave();
          }}
        >
          {t('leave')}
        </Button>
        {room ? (
          <Button
            kind="danger"
            testid="leave-close-room"
            onPress={() => setClosing(true)}
          >
            {t('leave-close-room')}
          </Button>
        ) : null}
        <Button testid="leave-no" onPress={onClose}>
          {t('cancel')}
        </Button>
      </div>
    </Dialog>
  );
}
