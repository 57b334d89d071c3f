/* Chooses the page that belongs to the address. */
import type { JSX } from 'preact';
import { useLater } from '../design/later';
import { HomePage } from '../pages/home';
import { SeatPage } from '../pages/seat';
import { StartPage } from '../pages/start';
import { UnknownPage } from '../pages/unknown';
import type { ConnectAuth } from '../protocol';
import { t } from '../text';
import { Notices } from './notices';
import { checkPath, doorPath, route } from './routes';
import { Shell, Waiting } from './shell';

/** Few visits test anything: its code comes on demand. */
function CheckLater({ entry }: { entry: ConnectAuth | null }): JSX.Element {
  const part = useLater(() => import('../pages/check'));
  if (part) return <part.CheckPage entry={entry} back={entry && doorPath(entry)} />;
  return (
    <Shell narrow>
      <Waiting text={t('waiting-check')} />
    </Shell>
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
      return <CheckLater key={checkPath(at.entry)} entry={at.entry} />;
    case 'unknown':
      return <UnknownPage />;
  }
}

export function App(): JSX.Element {
  return (
    <>
      <Page />
      <Notices />
    </>
  );
}
