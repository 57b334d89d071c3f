/* Choosing microphone, camera and speaker; the same at the door and in the room. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Volume2 } from 'lucide-preact';
import { Button, Select } from '../design/parts';
import { devices, type Device } from '../media/devices';
import { canChooseSpeaker, testSpeaker } from '../media/sound';
import { notify } from '../state/notices';
import * as settings from '../state/settings';
import { t } from '../text';
import type { Controls } from './controls';

function options(
  list: readonly Device[],
  name: (number: number) => string,
  none: string,
): { value: string; label: string }[] {
  if (list.length === 0) return [{ value: '', label: none }];
  return list.map((d, i) => ({ value: d.id, label: d.label || name(i + 1) }));
}

interface PickersProps {
  /** Takes the chosen device into use. */
  controls: Pick<Controls, 'useMicrophone' | 'useCamera'>;
}

export function DevicePickers({ controls }: PickersProps): JSX.Element {
  const audio = useRef<HTMLAudioElement>(null);
  const { microphones, cameras, speakers } = devices.value;
  const play = async (): Promise<void> => {
    try {
      if (audio.current) await testSpeaker(audio.current);
    } catch {
      notify(t('speaker-test-failed'));
    }
  };
  return (
    <fieldset class="stack tight" data-testid="device-pickers">
      <legend class="hidden-text">{t('devices')}</legend>
      <Select
        label={t('microphone')}
        value={settings.microphone.value}
        options={options(
          microphones,
          (number) => t('microphone-number', { number }),
          t('no-microphone'),
        )}
        testid="microphone-picker"
        onChange={(id) => controls.useMicrophone(id)}
      />
      <Select
        label={t('camera')}
        value={settings.camera.value}
        options={options(
          cameras,
          (number) => t('camera-number', { number }),
          t('no-camera'),
        )}
        testid="camera-picker"
        onChange={(id) => controls.useCamera(id)}
      />
      <div class="row end">
        <div class="grow">
          {canChooseSpeaker() && speakers.length > 0 ? (
            <Select
              label={t('speaker')}
              value={settings.speaker.value}
              options={options(
                speakers,
                (number) => t('speaker-number', { number }),
                t('speaker-default'),
              )}
              testid="speaker-picker"
              onChange={(id) => {
                settings.speaker.value = id;
              }}
            />
          ) : (
            <p class="field">
              <span>{t('speaker')}</span> {t('speaker-default')}
            </p>
          )}
        </div>
        <Button testid="test-speaker" onPress={() => void play()}>
          <Volume2 aria-hidden="true" /> {t('test-speaker')}
        </Button>
      </div>
      <audio ref={audio} data-testid="test-tone" />
    </fieldset>
  );
}
