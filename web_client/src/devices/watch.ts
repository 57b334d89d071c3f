/*
 * Shows notices about devices that were unplugged, replaced, plugged in or not found.
 *
 * No device is replaced silently: the notice names the replacement.
 */
import { effect } from '@preact/signals';
import { arrived, left, watchDevices } from '../media/devices';
import type { LocalMedia, Own } from '../media/local';
import { speakerMissing } from '../media/speaker';
import { notify } from '../state/notices';
import * as settings from '../state/settings';
import { t } from '../text';

const INSTEAD_KEYS: Readonly<Record<Own, string>> = {
  microphone: 'notice-microphone-instead',
  camera: 'notice-camera-instead',
};

export interface Watched {
  readonly local: LocalMedia;
  /** Switches to a microphone that was just plugged in. */
  readonly useMicrophone: (id: string) => void;
}

/** Watches until the returned function is called. */
export function watchOwnDevices({ local, useMicrophone }: Watched): () => void {
  /** Devices that are being replaced: a single notice names the old and the new one. */
  const replacing = new Set<Own>();
  local.onInstead = (source, name) => {
    if (!replacing.has(source)) notify(t(INSTEAD_KEYS[source], { name }));
  };
  const ended = async (source: Own): Promise<void> => {
    const lost = local.labelOf(source);
    replacing.add(source);
    const found = await local.change(source);
    replacing.delete(source);
    const name = local.labelOf(source);
    if (found && name !== '') notify(t('notice-device-replaced', { lost, name }));
    else {
      if (source === 'camera') local.stopCamera();
      else local.mute();
      notify(t('notice-device-gone', { lost }));
    }
  };
  local.onEnded = (source) => {
    if (source === 'screen') local.stopScreen();
    else if (source !== 'screen_audio') void ended(source);
  };
  const stops = [
    watchDevices((before, after) => {
      for (const { id, label } of arrived(before.microphones, after.microphones)) {
        notify(t('notice-device-arrived', { name: label }), {
          label: t('use-it'),
          run: () => useMicrophone(id),
        });
      }
      if (left(settings.speaker.value, before.speakers, after.speakers)) {
        notify(t('notice-speaker-missing'));
      }
    }),
    effect(() => {
      if (speakerMissing.value) notify(t('notice-speaker-missing'));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    local.onInstead = () => undefined;
    local.onEnded = () => undefined;
  };
}
