/* Settings stored in this browser; none is sent to the server automatically. */
import { effect, signal, type Signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';
export type LayoutChoice = 'stage' | 'grid';
/** The pictures that the user wants to receive: as the link allows, small, or none. */
export type Receive = 'auto' | 'saver' | 'audio';
export type CodecChoice = 'auto' | 'VP8' | 'VP9' | 'H264' | 'AV1';

const PREFIX = 'pavilion.';

/**
 * Returns a storage; reading the property throws if the browser refuses all site data.
 */
type Store = () => Storage | undefined;

const kept: Store = () => globalThis.localStorage;
const keptByTab: Store = () => globalThis.sessionStorage;

function read(store: Store, key: string): string | null {
  try {
    return store()?.getItem(PREFIX + key) ?? null;
  } catch {
    return null; // storage is disabled: the choice lasts as long as the page
  }
}

/** Stores a value; false: it was not stored. */
function write(store: Store, key: string, value: string | null): boolean {
  try {
    if (value === null) store()?.removeItem(PREFIX + key);
    else store()?.setItem(PREFIX + key, value);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether this browser stores data of this site, which includes the seat across a
 * reload.
 */
export const remembers = write(kept, 'probe', '') && write(kept, 'probe', null);

function remembered<T extends string>(
  key: string,
  fallback: T,
  allowed?: readonly T[],
): Signal<T> {
  const stored = read(kept, key) as T | null;
  const known = stored !== null && (!allowed || allowed.includes(stored));
  const setting = signal<T>(known ? stored : fallback);
  effect(() => void write(kept, key, setting.value));
  return setting;
}

export const name = remembered<string>('name', '');
export const organisation = remembered<string>('organisation', '');
export const microphone = remembered<string>('microphone', '');
export const camera = remembered<string>('camera', '');
export const speaker = remembered<string>('speaker', '');
/** The chosen microphone or camera; empty: any. */
export const ownDevice = (own: 'microphone' | 'camera'): Signal<string> =>
  own === 'microphone' ? microphone : camera;
/** Empty: the browser's language. */
export const language = remembered<string>('language', '', ['', 'en', 'ko']);
export const theme = remembered<Theme>('theme', 'auto', ['auto', 'light', 'dark']);
export const layout = remembered<LayoutChoice>('layout', 'stage', ['stage', 'grid']);
export const codec = remembered<CodecChoice>('codec', 'auto', [
  'auto',
  'VP8',
  'VP9',
  'H264',
  'AV1',
]);
export const selfView = remembered<'shown' | 'hidden'>('self-view', 'shown', [
  'shown',
  'hidden',
]);
/** Whether moderators hear a sound when a person joins or raises a hand. */
export const newsSound = remembered<'off' | 'on'>('news-sound', 'off', ['off', 'on']);
export const receive = remembered<Receive>('receive', 'auto', [
  'auto',
  'saver',
  'audio',
]);

let secret: string | null = null;

/** A random secret of this browser; created at first use, never sent. */
export function browserSecret(): string {
  secret ??= read(kept, 'secret');
  if (secret === null) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    secret = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    void write(kept, 'secret', secret);
  }
  return secret;
}

/** The seat of this tab, kept for a reload. */
export const seats = {
  get: (key: string): string | null => read(keptByTab, `seat.${key}`),
  set: (key: string, seat: string): void => void write(keptByTab, `seat.${key}`, seat),
  drop: (key: string): void => void write(keptByTab, `seat.${key}`, null),
};

/** Devices that were on before a reload of this tab. */
export const switchedOn = {
  get: (): { microphone: boolean; camera: boolean } => ({
    microphone: read(keptByTab, 'microphone-on') === 'yes',
    camera: read(keptByTab, 'camera-on') === 'yes',
  }),
  set: (source: 'microphone' | 'camera', on: boolean): void =>
    void write(keptByTab, `${source}-on`, on ? 'yes' : null),
};

/** The notices about the stage that this tab has shown. */
export const stageNotified = {
  get: (): { automatic: boolean; chosen: boolean } => ({
    automatic: read(keptByTab, 'notified-automatic') === 'yes',
    chosen: read(keptByTab, 'notified-chosen') === 'yes',
  }),
  set: (notified: { automatic: boolean; chosen: boolean }): void => {
    write(keptByTab, 'notified-automatic', notified.automatic ? 'yes' : null);
    write(keptByTab, 'notified-chosen', notified.chosen ? 'yes' : null);
  },
};

/** Puts the chosen theme on the document; the style sheet does the rest. */
export function followTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
