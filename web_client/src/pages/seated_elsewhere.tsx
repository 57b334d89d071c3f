/* Asks users who are in the room already, in another tab or computer, where to stay. */
import type { JSX } from 'preact';
import { go } from '../navigation/routes';
import { Button } from '../design/parts';
import type { SeatClient } from '../room/seat/seat_client';
import { t } from '../text';

export function SeatedElsewhere({ seat }: { seat: SeatClient }): JSX.Element {
  const tab = seat.otherTab.value !== null;
  return (
    <div class="card stack" role="status" data-testid="seated-elsewhere">
      <p>{tab ? t('elsewhere-tab') : t('elsewhere-window')}</p>
      <div class="row">
        <Button kind="primary" testid="move-here" onPress={() => seat.moveHere()}>
          {t('elsewhere-move')}
        </Button>
        <Button testid="stay-there" onPress={() => go('/')}>
          {t('elsewhere-stay')}
        </Button>
        {/* An account has one seat in its room; a link may be used by several people. */}
        {seat.entry.invitation ? (
          <Button testid="another-person" onPress={() => seat.enterAsAnother()}>
            {t('elsewhere-another')}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
