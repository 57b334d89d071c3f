/* The list of microphones, cameras and speakers, and what changes in it. */
import { signal } from '@preact/signals';

export interface Device {
  readonly id: string;
  /** Empty until the browser was allowed to tell. */
  readonly label: string;
}

export interface Devices {
  readonly microphones: readonly Device[];
  readonly cameras: readonly Device[];
  readonly speakers: readonly Device[];
}

const NONE: Devices = { microphones: [], cameras: [], speakers: [] };

export const devices = signal<Devices>(NONE);

export type DeviceKind = keyof Devices;

/** Sorts what the browser lists. Pure; entries without an id are not choosable. */
export function sortDevices(
  infos: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[],
): Devices {
  const of = (kind: MediaDeviceKind): Device[] =>
    infos
      .filter((info) => info.kind === kind && info.deviceId !== '')
      .map((info) => ({ id: info.deviceId, label: info.label }));
  return {
    microphones: of('audioinput'),
    cameras: of('videoinput'),
    speakers: of('audiooutput'),
  };
}

/** Devices that are in `after` and were not in `before`, labels known. */
export function arrived(
  before: readonly Device[],
  after: readonly Device[],
): readonly Device[] {
  // Before permission the list is one nameless entry: naming it is no arrival.
  if (before.every((d) => d.label === '')) return [];
  const known = new Set(before.map((d) => d.id));
  return after.filter((d) => d.label !== '' && !known.has(d.id) && d.id !== 'default');
}

export async function refreshDevices(): Promise<void> {
  if (!navigator.mediaDevices?.enumerateDevices) return;
  try {
    devices.value = sortDevices(await navigator.mediaDevices.enumerateDevices());
  } catch {
    devices.value = NONE;
  }
}

/** Calls back with the lists before and after each change; returns the end of it. */
export function watchDevices(
  changed: (before: Devices, after: Devices) => void,
): () => void {
  const media = navigator.mediaDevices;
  if (!media?.addEventListener) return () => undefined;
  const update = (): void => {
    const before = devices.value;
    void refreshDevices().then(() => changed(before, devices.value));
  };
  media.addEventListener('devicechange', update);
  return () => media.removeEventListener('devicechange', update);
}
