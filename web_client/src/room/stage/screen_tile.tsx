/* The tile of a shared screen, for viewers and for the person who shares. */
import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import { MonitorX } from 'lucide-preact';
import { Button } from '../../design/parts';
import type { Style } from '../../media/layers';
import type { ParticipantInfo } from '../../protocol';
import { receive } from '../../state/settings';
import { t } from '../../text';
import { FullButton } from '../parts/full_button';
import { onPicture } from '../seat/full_view';
import { Picture } from '../parts/picture';
import type { RoomProps } from '../seat/props';
import { ownShareKey } from './own_share';

const STYLES: readonly Style[] = ['sharp', 'motion'];
const STYLE_KEYS: Readonly<Record<Style, string>> = {
  sharp: 'style-sharp',
  motion: 'style-motion',
};

/**
 * The picture that the user shares. A screen is not shown, because it would mirror itself
 * endlessly; the picture of a second camera is.
 */
function OwnScreen({ seat, controls }: RoomProps): JSX.Element {
  const { local } = seat;
  const shared = local.shared.value;
  const camera = shared?.origin === 'camera' ? local.tracks.value.get('screen') : null;
  return (
    <>
      {camera ? <Picture track={camera} label={t('share-camera')} whole /> : null}
      <div class={camera ? 'own-share over' : 'own-share'}>
        <p>{t(ownShareKey(Boolean(camera), seat.missingSince.value !== null))}</p>
        <div class="row" role="group" aria-label={t('style')}>
          {STYLES.map((style) => (
            <Button
              key={style}
              pressed={shared?.style === style}
              testid={`style-${style}`}
              onPress={() => void local.restyle(style)}
            >
              {t(STYLE_KEYS[style])}
            </Button>
          ))}
        </div>
        <Button testid="stop-sharing" onPress={() => controls.toggleScreen()}>
          <MonitorX aria-hidden="true" /> {t('screen-stop')}
        </Button>
      </div>
    </>
  );
}

interface ScreenProps extends RoomProps {
  owner: ParticipantInfo;
}

/**
 * A shared screen; the user's own is not shown, because it would mirror itself endlessly.
 */
export function ScreenTile({ seat, controls, owner }: ScreenProps): JSX.Element {
  const { receiving } = seat;
  const seen = useCallback(() => receiving.frameSeen(), [receiving]);
  const view = seat.view.value;
  const own = view?.self === owner.id;
  const shown = own
    ? null
    : receiving.picture(view?.slots ?? new Map(), owner.id, 'screen');
  const label = t('screen-of', { name: owner.name });
  let inside: JSX.Element;
  if (own) {
    inside = <OwnScreen {...{ seat, controls }} />;
  } else if (receive.value === 'audio') {
    inside = <p class="stage-empty soft">{t('screen-audio-only')}</p>;
  } else if (shown?.undecodable) {
    inside = <p class="undecodable">{t('undecodable', { name: owner.name })}</p>;
  } else if (shown?.track) {
    inside = (
      <Picture
        key={shown.track.id}
        track={shown.track}
        label={label}
        whole
        onFrame={seen}
      />
    );
  } else inside = <p class="stage-empty soft">{t('screen-waiting')}</p>;
  return (
    <article
      class="tile screen"
      aria-label={label}
      data-testid="screen-tile"
      onDblClick={(event) => {
        if (onPicture(event)) controls.full.toggle();
      }}
    >
      {inside}
      <div class="plate">
        <p class="cut">{label}</p>
      </div>
      {own ? null : (
        <div class="tile-actions">
          <FullButton controls={controls} />
        </div>
      )}
    </article>
  );
}
