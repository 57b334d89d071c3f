/* All texts of the client, in the chosen language. */
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import { effect, signal } from '@preact/signals';
import { LOAD_WITHIN_MS, within } from '../deadline';
import { language as choice } from '../state/settings';

export const LANGUAGES = [
  { code: 'en', name: 'English' },
  { code: 'ko', name: '한국어' },
] as const;

export type Language = (typeof LANGUAGES)[number]['code'];

const FILES: Readonly<Record<Language, () => Promise<{ default: string }>>> = {
  en: () => import('./en.ftl?raw'),
  ko: () => import('./ko.ftl?raw'),
};

const bundle = signal<FluentBundle | null>(null);

/** The language to use: the chosen one, else the browser's first one that we have. */
export function wantedLanguage(chosen: string, browser: readonly string[]): Language {
  const codes = LANGUAGES.map((l) => l.code);
  const wanted = [chosen, ...browser].map((tag) => tag.toLowerCase().split('-')[0]);
  return (
    codes.find((code) => code === wanted.find((w) => codes.some((c) => c === w))) ??
    'en'
  );
}

/** The language now shown; for `Intl`. */
export const language = signal<Language>('en');

async function load(code: Language): Promise<void> {
  const { default: source } = await within(LOAD_WITHIN_MS, FILES[code]());
  const next = new FluentBundle(code, { useIsolating: false });
  next.addResource(new FluentResource(source));
  bundle.value = next;
  language.value = code;
  document.documentElement.lang = code;
}

/** Loads the texts and follows the setting; settles when the first ones are loaded. */
export async function followLanguage(): Promise<void> {
  let first: Promise<void> | null = null;
  effect(() => {
    const loading = load(wantedLanguage(choice.value, navigator.languages));
    first ??= loading;
    // If a language cannot be loaded, the previous one stays.
    loading.catch(() => undefined);
  });
  await (first ?? Promise.resolve());
}

export type Arguments = Record<string, FluentVariable>;

/** The text of a key. An unknown key is returned as it is; the tests find such keys. */
export function t(key: string, args?: Arguments): string {
  const now = bundle.value;
  const message = now?.getMessage(key);
  if (!now || !message?.value) return key;
  return now.formatPattern(message.value, args ?? null);
}

/**
 * Whether there is a text for a key: the server's codes may be newer than this client.
 */
export function has(key: string): boolean {
  return bundle.value?.hasMessage(key) ?? false;
}
