/* Shows the page for the current address. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useLazy } from './design/lazy';
import { Button } from './design/parts';
import { HomePage } from './pages/home';
import { SeatPage } from './pages/seat';
import { StartPage } from './pages/start';
import { UnknownPage } from './pages/unknown';
import type { ConnectAuth } from './protocol';
import { t } from './text';
import { Boundary } from './navigation/boundary';
import { Notices } from './navigation/notices';
import { checkPath, joinPath, route } from './navigation/routes';
import { Shell, Waiting } from './navigation/shell';

/** Few visitors run the test, so its code is loaded on demand. */
function CheckLazily({ entry }: { entry: ConnectAuth | null }): JSX.Element {
  const [failed, setFailed] = useState(false);
  const part = useLazy(
    () => import('./pages/check'),
    () => setFailed(true),
  );
  if (part) return <part.CheckPage entry={entry} back={entry && joinPath(entry)} />;
  return (
    <Shell narrow message={failed}>
      {failed ? <LoadAgain /> : <Waiting text={t('waiting-check')} />}
    </Shell>
  );
}

/** A part of the client could not be loaded: offers to load the page again. */
function LoadAgain(): JSX.Element {
  return (
    <div class="stack card" role="alert" data-testid="load-again">
      <p>{t('error-no-answer')}</p>
      <Button kind="primary" onPress={() => window.location.reload()}>
        {t('load-again')}
      </Button>
    </div>
  );
}

function Page(): JSX.Element {
  const at = route.value;
  switch (at.page) {
    case 'home':
      return <HomePage />;
    case 'start':
      return <StartPage token={at.token} />;
    case 'join':
      return (
        <SeatPage
          key={at.invitation}
          entry={{ invitation: at.invitation }}
          seatKey={at.invitation}
        />
      );
    case 'room':
      return <SeatPage key={at.room} entry={{ room: at.room }} seatKey={at.room} />;
    case 'check':
      return <CheckLazily key={checkPath(at.entry)} entry={at.entry} />;
    case 'unknown':
      return <UnknownPage />;
  }
}

export function App(): JSX.Element {
  return (
    <Boundary>
      <Page />
      <Notices />
    </Boundary>
  );
}
