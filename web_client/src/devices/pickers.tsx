/*
 * Pickers for microphone, camera and speaker: before joining, in the room and in the test.
 *
 * A list shows the device in use, which differs from the chosen one when that is missing.
 */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Volume2 } from 'lucide-preact';
import { Button, Select } from '../design/parts';
import { devices, type DeviceList } from '../media/devices';
import type { LocalMedia, Own } from '../media/local';
import { testSpeaker } from '../media/sound';
import { canChooseSpeaker, speakerInUse } from '../media/speaker';
import { notify } from '../state/notices';
import * as settings from '../state/settings';
import { t } from '../text';

interface PickerProps {
  local: LocalMedia;
  /** Switches to the chosen device. */
  choose: (id: string) => void;
}

const UNNAMED_KEYS: Readonly<Record<Own, string>> = {
  microphone: 'microphone-unnamed',
  camera: 'camera-unnamed',
};
const NONE_KEYS: Readonly<Record<Own, string>> = {
  microphone: 'no-microphone',
  camera: 'no-camera',
};
const NUMBER_KEYS: Readonly<Record<Own, string>> = {
  microphone: 'microphone-number',
  camera: 'camera-number',
};

/** The text of an empty list: not requested, names withheld, or no device. */
function empty(own: Own, list: DeviceList): string {
  if (list.state === 'unknown') return t('devices-unknown');
  return t(list.state === 'unnamed' ? UNNAMED_KEYS[own] : NONE_KEYS[own]);
}

function OwnPicker(props: PickerProps & { own: Own; list: DeviceList }): JSX.Element {
  const { own, list, local, choose } = props;
  const options =
    list.devices.length === 0
      ? [{ value: '', label: empty(own, list) }]
      : list.devices.map((device, index) => ({
          value: device.id,
          label: device.label || t(NUMBER_KEYS[own], { number: index + 1 }),
        }));
  return (
    <Select
      label={t(own)}
      value={local.idOf(own) || settings.ownDevice(own).value}
      options={options}
      disabled={list.devices.length === 0}
      testid={`${own}-picker`}
      onChange={choose}
    />
  );
}

export function MicrophonePicker(props: PickerProps): JSX.Element {
  return <OwnPicker {...props} own="microphone" list={devices.value.microphones} />;
}

export function CameraPicker(props: PickerProps): JSX.Element {
  return <OwnPicker {...props} own="camera" list={devices.value.cameras} />;
}

/** Picker for the speaker, with a button that plays a test tone. */
export function SpeakerPicker(): JSX.Element {
  const audio = useRef<HTMLAudioElement>(null);
  const play = async (): Promise<void> => {
    try {
      if (audio.current) await testSpeaker(audio.current);
    } catch {
      notify(t('speaker-test-failed'));
    }
  };
  const speakers = devices.value.speakers.devices;
  const named = speakers.map((device, index) => ({
    value: device.id,
    label: device.label || t('speaker-number', { number: index + 1 }),
  }));
  // Some browsers list the default device as an entry of its own, others do not.
  const options = speakers.some((device) => device.id === 'default')
    ? named
    : [{ value: '', label: t('speaker-default') }, ...named];
  return (
    <div class="row end">
      <div class="grow">
        {canChooseSpeaker() && speakers.length > 0 ? (
          <Select
            label={t('speaker')}
            value={speakerInUse.value}
            options={options}
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
      <audio ref={audio} data-testid="test-tone" />
    </div>
  );
}

interface PickersProps {
  local: LocalMedia;
  useMicrophone: (id: string) => void;
  useCamera: (id: string) => void;
}

export function DevicePickers(props: PickersProps): JSX.Element {
  const { local } = props;
  return (
    <fieldset class="stack tight" data-testid="device-pickers">
      <legend class="hidden-text">{t('devices')}</legend>
      <MicrophonePicker local={local} choose={props.useMicrophone} />
      <CameraPicker local={local} choose={props.useCamera} />
      <SpeakerPicker />
    </fieldset>
  );
}
