/* The page of the one-time link from the console, which signs in a moderator. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { go } from '../navigation/routes';
import { Shell } from '../navigation/shell';
import { Button } from '../design/parts';
import { signIn } from '../signaling/http';
import { t } from '../text';
import { failureText } from '../text/failure';

export function StartPage({ token }: { token: string }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const become = async (): Promise<void> => {
    // A link works once: do not use it up if the browser will not keep the sign-in.
    if (!navigator.cookieEnabled) {
      setProblem(t('start-no-cookie'));
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await signIn(token);
      // Do not leave the used link in the history.
      window.history.replaceState(null, '', '/');
      go('/');
    } catch (error) {
      setProblem(failureText(error));
      setBusy(false);
    }
  };
  return (
    <Shell narrow message>
      <div class="stack card" data-testid="start-page">
        <h1>{t('start-title')}</h1>
        <p>{t('start-text')}</p>
        <p class="soft">{t('start-once')}</p>
        {problem ? (
          <p class="problem" role="alert" data-testid="problem">
            {problem}
          </p>
        ) : null}
        <Button
          kind="primary"
          testid="become-moderator"
          disabled={busy}
          onPress={() => void become()}
        >
          {busy ? t('start-busy') : t('start-button')}
        </Button>
      </div>
    </Shell>
  );
}
