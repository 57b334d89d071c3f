/* Language and theme; on every page, so that a new visitor finds them at once. */
import type { JSX } from 'preact';
import { Button } from '../design/parts';
import { Languages, SunMoon } from 'lucide-preact';
import * as settings from '../state/settings';
import type { Theme } from '../state/settings';
import { language, LANGUAGES, t } from '../text';

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];
const THEME_KEYS: Readonly<Record<Theme, string>> = {
  auto: 'theme-auto',
  light: 'theme-light',
  dark: 'theme-dark',
};

export const themeText = (theme: Theme): string => t(THEME_KEYS[theme]);

export const themeOptions = (): { value: string; label: string }[] =>
  THEMES.map((value) => ({ value, label: themeText(value) }));

/** Buttons that switch to the next of two or three choices. */
export function Preferences({ compact = false }: { compact?: boolean }): JSX.Element {
  const at = LANGUAGES.findIndex((l) => l.code === language.value);
  const next = LANGUAGES[(at + 1) % LANGUAGES.length] ?? LANGUAGES[0];
  const theme = settings.theme.value;
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
  return (
    <div class="row tight">
      <Button
        kind="plain"
        label={t('language-switch', { language: next.name })}
        iconOnly={compact}
        testid="language"
        onPress={() => {
          settings.language.value = next.code;
        }}
      >
        <Languages aria-hidden="true" />
        {compact ? null : <span lang={next.code}>{next.name}</span>}
      </Button>
      <Button
        kind="plain"
        label={t('theme-switch', { theme: themeText(theme) })}
        iconOnly
        testid="theme"
        onPress={() => {
          settings.theme.value = nextTheme;
        }}
      >
        <SunMoon aria-hidden="true" />
      </Button>
    </div>
  );
}
