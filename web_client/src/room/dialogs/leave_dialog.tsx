/* Asks a moderator whether to leave or to close the room; others leave at once. */
import type { JSX } from 'preact';
import { Button, Dialog } from '../../design/parts';
import { t } from '../../text';
import type { SeatClient } from '../seat/seat_client';

interface LeaveProps {
  seat: SeatClient;
  onClose: () => void;
}

export function LeaveDialog({ seat, onClose }: LeaveProps): JSX.Element {
  const room = seat.view.value?.room;
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
            onPress={() => {
              onClose();
              void seat.ask('room.close', { room: room.id });
            }}
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
