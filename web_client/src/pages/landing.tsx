/* The landing page for visitors without a link: what this site is, and how to join. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { go, pastedPath } from '../navigation/routes';
import { Shell, PageLink } from '../navigation/shell';
import { Button, TextField } from '../design/parts';
import { t } from '../text';

const LONGEST_LINK = 400;

export function LandingPage(): JSX.Element {
  const [link, setLink] = useState('');
  const [wrong, setWrong] = useState(false);
  const follow = (): void => {
    const path = pastedPath(link, window.location.origin);
    setWrong(path === null);
    if (path !== null) go(path);
  };
  return (
    <Shell narrow>
      <div class="stack" data-testid="landing-page">
        <h1>{t('landing-title')}</h1>
        <p>{t('landing-text')}</p>
        <form
          class="stack card"
          onSubmit={(event) => {
            event.preventDefault();
            follow();
          }}
        >
          <h2>{t('landing-link-title')}</h2>
          <TextField
            label={t('landing-link')}
            value={link}
            maxLength={LONGEST_LINK}
            testid="paste-link"
            onInput={setLink}
          />
          {wrong ? (
            <p class="problem" role="alert">
              {t('landing-link-wrong')}
            </p>
          ) : null}
          <Button kind="primary" type="submit" disabled={link.trim() === ''}>
            {t('landing-open')}
          </Button>
        </form>
        <p>
          <PageLink to="/check" class="button" testid="to-check">
            {t('check-link-devices')}
          </PageLink>
        </p>
        <section class="stack tight">
          <h2>{t('landing-moderator-title')}</h2>
          <p class="soft">{t('landing-moderator-text')}</p>
        </section>
      </div>
    </Shell>
  );
}
