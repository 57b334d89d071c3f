/* The menu for sharing; each choice describes its effect on the picture. */
import type { JSX } from 'preact';
import { Camera, Clapperboard, FileText } from 'lucide-preact';
import { Choice, Popup } from '../../design/popup';
import { devices } from '../../media/devices';
import { canShareScreen } from '../../media/problems';
import { t } from '../../text';
import type { RoomProps } from '../seat/props';

export function ShareMenu({ seat, controls }: RoomProps): JSX.Element {
  const inUse = seat.local.camera.value?.getSettings().deviceId;
  const cameras = devices.value.cameras.devices.filter(({ id }) => id !== inUse);
  return (
    <Popup
      open={controls.shareMenu}
      name="share"
      label={t('screen-share')}
      testid="share-menu"
    >
      <ul>
        {canShareScreen() ? (
          <>
            <Choice
              icon={FileText}
              title={t('share-sharp')}
              text={t('share-sharp-text')}
              testid="share-sharp"
              onPress={() => void controls.share({ kind: 'screen' }, 'sharp')}
            />
            <Choice
              icon={Clapperboard}
              title={t('share-motion')}
              text={t('share-motion-text')}
              testid="share-motion"
              onPress={() => void controls.share({ kind: 'screen' }, 'motion')}
            />
          </>
        ) : null}
        {cameras.map(({ id, label }, index) => (
          <Choice
            key={id}
            icon={Camera}
            title={t('share-camera')}
            text={label || t('camera-number', { number: index + 1 })}
            testid="share-camera"
            onPress={() => void controls.share({ kind: 'camera', id }, 'sharp')}
          />
        ))}
      </ul>
      {canShareScreen() ? null : <p class="soft small">{t('screen-unsupported')}</p>}
      {cameras.length === 0 ? (
        <p class="soft small" data-testid="no-second-camera">
          {t('share-no-camera')}
        </p>
      ) : null}
    </Popup>
  );
}
