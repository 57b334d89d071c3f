/* What this browser remembers for its owner; never sent anywhere by itself. */
import { effect, signal, type Signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';
export type LayoutChoice = 'stage' | 'grid';
/** What a person wants to receive: what the link carries, small pictures, or none. */
export type Receive = 'auto' | 'saver' | 'audio';
export type CodecChoice = 'auto' | 'VP8' | 'VP9' | 'H264' | 'AV1';

const PREFIX = 'pavilion.';

function read(storage: Storage | undefined, key: string): string | null {
  try {
    return storage?.getItem(PREFIX + key) ?? null;
  } catch {
    return null; // storage switched off: the choice lasts as long as the page
  }
}

function write(storage: Storage | undefined, key: string, value: string | null): void {
  try {
    if (value === null) storage?.removeItem(PREFIX + key);
    else storage?.setItem(PREFIX + key, value);
  } catch {
    // as above
  }
}

function remembered<T extends string>(
  key: string,
  fallback: T,
  allowed?: readonly T[],
): Signal<T> {
  const stored = read(globalThis.localStorage, key) as T | null;
  const known = stored !== null && (!allowed || allowed.includes(stored));
  const setting = signal<T>(known ? stored : fallback);
  effect(() => write(globalThis.localStorage, key, setting.value));
  return setting;
}

export const name = remembered<string>('name', '');
export const organisation = remembered<string>('organisation', '');
export const microphone = remembered<string>('microphone', '');
export const camera = remembered<string>('camera', '');
export const speaker = remembered<string>('speaker', '');
/** The chosen device of one's own; empty: any. */
export const ownDevice = (own: 'microphone' | 'camera'): Signal<string> =>
  own === 'microphone' ? microphone : camera;
/** Empty: as the browser says. */
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
/** Whether moderators hear that somebody comes or raises a hand. */
export const newsSound = remembered<'off' | 'on'>('news-sound', 'off', ['off', 'on']);
export const receive = remembered<Receive>('receive', 'auto', [
  'auto',
  'saver',
  'audio',
]);

let secret: string | null = null;

/** A random secret of this browser; made at first use, never sent. */
export function browserSecret(): string {
  secret ??= read(globalThis.localStorage, 'secret');
  if (secret === null) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    secret = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    write(globalThis.localStorage, 'secret', secret);
  }
  return secret;
}

/** A seat kept for a reload of this very tab. */
export const seats = {
  get: (key: string): string | null => read(globalThis.sessionStorage, `seat.${key}`),
  set: (key: string, seat: string): void =>
    write(globalThis.sessionStorage, `seat.${key}`, seat),
  drop: (key: string): void => write(globalThis.sessionStorage, `seat.${key}`, null),
};

/** What was switched on before a reload of this tab. */
export const switchedOn = {
  get: (): { microphone: boolean; camera: boolean } => ({
    microphone: read(globalThis.sessionStorage, 'microphone-on') === 'yes',
    camera: read(globalThis.sessionStorage, 'camera-on') === 'yes',
  }),
  set: (source: 'microphone' | 'camera', on: boolean): void =>
    write(globalThis.sessionStorage, `${source}-on`, on ? 'yes' : null),
};

/** Puts the chosen theme on the document; the style sheet does the rest. */
export function followTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
