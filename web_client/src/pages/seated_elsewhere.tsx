/* One is in the room already, in another tab or on another computer: move, or stay. */
import type { JSX } from 'preact';
import { go } from '../navigation/routes';
import { Button } from '../design/parts';
import type { RoomSession } from '../room/seat/seat_client';
import { t } from '../text';

export function SeatedElsewhere({ session }: { session: RoomSession }): JSX.Element {
  const tab = session.otherTab.value !== null;
  return (
    <div class="card stack" role="status" data-testid="seated-elsewhere">
      <p>{tab ? t('elsewhere-tab') : t('elsewhere-window')}</p>
      <div class="row">
        <Button kind="primary" testid="move-here" onPress={() => session.moveHere()}>
          {t('elsewhere-move')}
        </Button>
        <Button testid="stay-there" onPress={() => go('/')}>
          {t('elsewhere-stay')}
        </Button>
        {/* An account has one place in its room; several people may use a link. */}
        {session.entry.invitation ? (
          <Button testid="another-person" onPress={() => session.enterAsAnother()}>
            {t('elsewhere-another')}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
