/* Title, how many are here, how good the connection is, language and theme. */
import type { JSX } from 'preact';
import { Preferences } from '../../navigation/preferences';
import { Bars, Button, Live } from '../../design/parts';
import { counts } from '../../state/room';
import { t } from '../../text';
import type { RoomProps } from '../seat/props';
import { qualityText } from '../parts/quality_text';

export function TopBar({ session, controls }: RoomProps): JSX.Element {
  const room = session.view.value?.room;
  const { here, lost } = counts(session.view.value);
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
      <span data-testid="quality" data-level={session.health?.quality.value?.level}>
        <ConnectionButton {...{ session, controls }} testid="connection" />
      </span>
      <Preferences compact />
    </header>
  );
}

/** The bars; pressed, what they mean. */
export function ConnectionButton(props: RoomProps & { testid: string }): JSX.Element {
  const { session, controls, testid } = props;
  // What was measured last says nothing about a connection that is lost.
  const lost = session.missingSince.value !== null;
  const quality = lost ? null : (session.health?.quality.value ?? null);
  const text = quality ? qualityText(quality) : t('quality-unknown');
  return (
    <Button
      kind="plain"
      iconOnly
      label={lost || quality ? `${t('connection')}: ${text}` : t('connection')}
      testid={testid}
      onPress={() => {
        controls.dialog.value = 'connection';
      }}
    >
      <Bars level={quality?.level ?? null} text="" />
    </Button>
  );
}
