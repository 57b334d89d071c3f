/*
 * The list of microphones, cameras and speakers, and its changes.
 *
 * A list without devices has three causes, which are kept apart: there is no such device,
 * the browser may not name it yet, or the list was never requested.
 */
import { signal } from '@preact/signals';

export interface Device {
  readonly id: string;
  /** Empty until the user has given permission. */
  readonly label: string;
}

export type DeviceKind = 'microphones' | 'cameras' | 'speakers';

export interface DeviceList {
  /** `unnamed`: there is at least one device, whose name the browser withholds. */
  readonly state: 'unknown' | 'unnamed' | 'listed';
  readonly devices: readonly Device[];
}

export type Devices = Readonly<Record<DeviceKind, DeviceList>>;

const UNKNOWN: DeviceList = { state: 'unknown', devices: [] };
const NONE: Devices = { microphones: UNKNOWN, cameras: UNKNOWN, speakers: UNKNOWN };

export const devices = signal<Devices>(NONE);

/** Sorts the browser's list by kind. Pure; entries without an id cannot be chosen. */
export function sortDevices(
  infos: readonly Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>[],
): Devices {
  const of = (kind: MediaDeviceKind): DeviceList => {
    const all = infos.filter((info) => info.kind === kind);
    const named = all.filter((info) => info.deviceId !== '');
    return {
      state: all.length > 0 && named.length === 0 ? 'unnamed' : 'listed',
      devices: named.map((info) => ({ id: info.deviceId, label: info.label })),
    };
  };
  return {
    microphones: of('audioinput'),
    cameras: of('videoinput'),
    speakers: of('audiooutput'),
  };
}

/** Devices that are in `after` and were not in `before`, labels known. */
export function arrived(before: DeviceList, after: DeviceList): readonly Device[] {
  // Before permission the list has one entry without a name; naming it is not an
  // arrival.
  if (before.state !== 'listed') return [];
  if (before.devices.length > 0 && before.devices.every((d) => d.label === ''))
    return [];
  const known = new Set(before.devices.map((d) => d.id));
  return after.devices.filter(
    (d) => d.label !== '' && !known.has(d.id) && d.id !== 'default',
  );
}

/** Whether a device was in the list before and is not any more. */
export function left(id: string, before: DeviceList, after: DeviceList): boolean {
  const has = (list: DeviceList): boolean => list.devices.some((d) => d.id === id);
  return id !== '' && has(before) && !has(after);
}

export async function refreshDevices(): Promise<void> {
  if (!navigator.mediaDevices?.enumerateDevices) return;
  try {
    devices.value = sortDevices(await navigator.mediaDevices.enumerateDevices());
  } catch {
    devices.value = NONE;
  }
}

/**
 * Calls back with the lists before and after each change, until the returned function
 * is called.
 */
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
