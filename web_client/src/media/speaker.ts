/*
 * The chosen speaker, and the one in use.
 *
 * When the chosen speaker is unplugged, the default one is used; the choice is kept and
 * applies again when it is plugged in.
 */
import { computed, signal } from '@preact/signals';
import { speaker } from '../state/settings';
import { devices } from './devices';
import { SETTING_WITHIN_MS, within } from '../deadline';

type Sinkable = HTMLMediaElement & { setSinkId?: (id: string) => Promise<void> };

export const canChooseSpeaker = (): boolean =>
  'setSinkId' in globalThis.HTMLMediaElement.prototype;

/** The chosen speaker could not be used; the default one is used. */
export const speakerMissing = signal(false);

/** The speaker in use; empty: the computer's default. */
export const speakerInUse = computed(() => (speakerMissing.value ? '' : speaker.value));

/**
 * Changes when elements must be given the speaker again: after a choice or a change of
 * devices.
 */
export const follow = computed(() => ({
  id: speaker.value,
  there: devices.value.speakers.devices.map((d) => d.id).join(),
}));

/**
 * Makes an element play on the chosen speaker, or on the default one if it is missing.
 */
export async function useSpeaker(element: HTMLMediaElement): Promise<void> {
  const sinkable = element as Sinkable;
  const id = speaker.peek();
  if (!sinkable.setSinkId) return;
  try {
    await within(SETTING_WITHIN_MS, sinkable.setSinkId(id));
    if (id === speaker.peek()) speakerMissing.value = false;
  } catch {
    if (id === speaker.peek()) speakerMissing.value = true;
    await within(SETTING_WITHIN_MS, sinkable.setSinkId('')).catch(() => undefined);
  }
}
