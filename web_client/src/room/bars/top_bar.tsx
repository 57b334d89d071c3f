/* Title, number of participants, quality of the connection, language and theme. */
import type { JSX } from 'preact';
import { Preferences } from '../../navigation/preferences';
import { Live } from '../../design/parts';
import { counts } from '../../state/room';
import { t } from '../../text';
import type { RoomProps } from '../seat/props';
import { ConnectionButton } from '../parts/connection_button';

export function TopBar({ seat, controls }: RoomProps): JSX.Element {
  const room = seat.view.value?.room;
  const { here, lost } = counts(seat.view.value);
  return (
    <header class="top-bar">
      <div class="grow">
        <h1 class="cut" title={room?.title} data-testid="room-title">
          {room?.title}
        </h1>
        <p class="soft small cut">
          <span class="numbers" data-testid="present-count">
            <Live text={t('present-count', { count: here })} />
          </span>
          {lost > 0 ? (
            <span class="numbers" data-testid="lost-count">
              , <Live text={t('lost-count', { count: lost })} />
            </span>
          ) : null}{' '}
          · {room?.organisation}
        </p>
      </div>
      <span data-testid="quality" data-level={seat.health?.quality.value?.level}>
        <ConnectionButton {...{ seat, controls }} testid="connection" />
      </span>
      <Preferences compact />
    </header>
  );
}
