/* The front page: the rooms of a moderator, or the landing page for everybody else. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Shell, Waiting } from '../navigation/shell';
import { useLazy } from '../design/lazy';
import { Button } from '../design/parts';
import { signedIn } from '../signaling/http';
import { t } from '../text';
import { failureText } from '../text/failure';
import { LandingPage } from './landing';

type State = 'asking' | 'signed-in' | 'stranger' | { problem: string };

/** Guests never see this page: its code is loaded for moderators only. */
function OwnRooms(props: { onSignedOut: () => void; failed: () => void }): JSX.Element {
  const part = useLazy(() => import('./rooms'), props.failed);
  if (part) return <part.RoomsPage onSignedOut={props.onSignedOut} />;
  return (
    <Shell narrow>
      <Waiting text={t('waiting-rooms')} />
    </Shell>
  );
}

export function HomePage(): JSX.Element {
  const [state, setState] = useState<State>('asking');
  const ask = (): void => {
    setState('asking');
    signedIn().then(
      (yes) => setState(yes ? 'signed-in' : 'stranger'),
      (error: unknown) => setState({ problem: failureText(error) }),
    );
  };
  useEffect(ask, []);
  if (state === 'signed-in')
    return (
      <OwnRooms
        onSignedOut={() => setState('stranger')}
        failed={() => setState({ problem: t('error-no-answer') })}
      />
    );
  if (state === 'stranger') return <LandingPage />;
  return (
    <Shell narrow message>
      {state === 'asking' ? (
        <Waiting text={t('waiting-server')} />
      ) : (
        <div class="stack card">
          <p role="alert">{state.problem}</p>
          <Button kind="primary" onPress={ask}>
            {t('try-again')}
          </Button>
        </div>
      )}
    </Shell>
  );
}
