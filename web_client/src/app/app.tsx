/* Chooses the page that belongs to the address. */
import type { JSX } from 'preact';
import { HomePage } from '../pages/home';
import { SeatPage } from '../pages/seat';
import { StartPage } from '../pages/start';
import { UnknownPage } from '../pages/unknown';
import { Notices } from './notices';
import { route } from './routes';

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
