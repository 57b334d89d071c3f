/* The page of one seat: before joining, in the room, and after the end. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Shell, Waiting } from '../navigation/shell';
import type { ConnectAuth } from '../protocol';
import { LOAD_WITHIN_MS, within } from '../deadline';
import { Controls } from '../room/seat/controls';
import { RoomPage } from '../room/room_page';
import { SeatClient } from '../room/seat/seat_client';
import { t } from '../text';
import { JoinPage } from './join';
import { GonePage, RefusedPage } from './gone';

interface SeatPageProps {
  /** An invitation, or an account's own room. */
  entry: ConnectAuth;
  seatKey: string;
}

interface Parts {
  seat: SeatClient;
  controls: Controls;
}

export function SeatPage({ entry, seatKey }: SeatPageProps): JSX.Element | null {
  const [parts, setParts] = useState<Parts | null>(null);
  useEffect(() => {
    const seat = new SeatClient(entry, seatKey);
    const controls = new Controls(seat, async (room, closed) => {
      const loading = import('../room/stage/floating');
      const { openFloating } = await within(LOAD_WITHIN_MS, loading);
      return openFloating({ seat, controls: room }, closed);
    });
    setParts({ seat, controls });
    seat.start();
    return () => {
      controls.dispose();
      seat.dispose();
    };
    // The page is keyed by its entry: one seat for the life of the page.
  }, []);
  return parts ? <Phase {...parts} /> : null;
}

function Phase({ seat, controls }: Parts): JSX.Element {
  const phase = seat.phase.value;
  const lost = seat.missingSince.value !== null;
  const title = seat.view.value?.room.title ?? seat.preview.value?.title;
  useEffect(() => {
    document.title = title ? `${title} · ${t('product')}` : t('product');
  }, [title]);
  switch (phase.name) {
    case 'entering':
      return (
        <Shell narrow message>
          <Waiting text={t(lost ? 'join-reconnecting' : 'waiting-seat')} />
        </Shell>
      );
    case 'outside':
    case 'joining':
      return <JoinPage seat={seat} controls={controls} />;
    case 'inside':
      return <RoomPage seat={seat} controls={controls} />;
    case 'ended':
      return <GonePage seat={seat} reason={phase.reason} by={phase.by} />;
    case 'refused':
      return <RefusedPage code={phase.code} message={phase.message} />;
  }
}
