/* Asks before a room is closed; says what closing means. */
import type { JSX } from 'preact';
import { Confirm } from '../../design/parts';
import { t } from '../../text';

interface CloseRoomProps {
  title: string;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmCloseRoom(props: CloseRoomProps): JSX.Element {
  return (
    <Confirm
      title={t('close-room-title', { title: props.title })}
      text={t('close-room-text')}
      action={t('close-room')}
      onConfirm={props.onConfirm}
      onClose={props.onClose}
    />
  );
}
