/* The rooms of a moderator, with a form for a new one. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Shell, Waiting } from '../navigation/shell';
import { Button, Confirm, TextField } from '../design/parts';
import type { InvitationInfo, RoomSummary } from '../protocol';
import { signOut } from '../signaling/http';
import { Link } from '../signaling/link';
import { missingSince } from '../signaling/reconnect';
import { organisation as ownOrganisation } from '../state/settings';
import { t } from '../text';
import { codeText, failureText, notifyFailure } from '../text/failure';
import { RoomCard } from './room_card';

const REFRESH_MS = 10_000; // of the numbers of participants. Lower: more load on the server

export function RoomsPage({ onSignedOut }: { onSignedOut: () => void }): JSX.Element {
  const link = useMemo(() => new Link({}), []);
  const [rooms, setRooms] = useState<readonly RoomSummary[] | null>(null);
  const [fresh, setFresh] = useState<{
    room: string;
    invitations: InvitationInfo[];
  } | null>(null);
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    const refresh = (): void => {
      link
        .request('room.list', {})
        .then((list) => setRooms(list.rooms))
        .catch(() => undefined);
    };
    const stop = link.onOnline(refresh);
    const timer = setInterval(refresh, REFRESH_MS);
    link.open();
    return () => {
      stop();
      clearInterval(timer);
      link.dispose();
    };
  }, [link]);

  const leave = async (): Promise<void> => {
    try {
      await signOut();
      onSignedOut();
    } catch (error) {
      notifyFailure(error);
    }
  };
  const phase = link.phase.value;
  return (
    <Shell
      actions={
        <Button kind="plain" testid="sign-out" onPress={() => setLeaving(true)}>
          {t('sign-out')}
        </Button>
      }
    >
      {missingSince(phase) !== null ? (
        <p class="banner" role="alert">
          {t('own-rooms-reconnecting')}
        </p>
      ) : null}
      {phase.name === 'refused' ? (
        <p class="problem" role="alert">
          {codeText(phase.code, phase.message)}
        </p>
      ) : null}
      <div class="own-rooms" data-testid="rooms-page">
        <section class="stack" aria-labelledby="rooms-title">
          <h1 id="rooms-title">{t('own-rooms-title')}</h1>
          {rooms === null ? <Waiting text={t('waiting-rooms')} /> : null}
          {rooms?.length === 0 ? (
            <p class="soft empty">{t('own-rooms-empty')}</p>
          ) : null}
          <ul class="stack">
            {rooms?.map((room) => (
              <RoomCard
                key={room.id}
                room={room}
                link={link}
                fresh={fresh?.room === room.id ? fresh.invitations : null}
                onClosed={() => setRooms(rooms.filter((r) => r.id !== room.id))}
              />
            ))}
          </ul>
        </section>
        <NewRoom
          link={link}
          onCreated={(room, invitations) => {
            setFresh({ room: room.id, invitations });
            setRooms([room, ...(rooms ?? []).filter((r) => r.id !== room.id)]);
          }}
        />
      </div>
      {leaving ? (
        <Confirm
          title={t('sign-out-title')}
          text={t('sign-out-text')}
          action={t('sign-out')}
          onConfirm={() => void leave()}
          onClose={() => setLeaving(false)}
        />
      ) : null}
    </Shell>
  );
}

interface NewRoomProps {
  link: Link;
  onCreated: (room: RoomSummary, invitations: InvitationInfo[]) => void;
}

function NewRoom({ link, onCreated }: NewRoomProps): JSX.Element {
  const [title, setTitle] = useState('');
  const [organisation, setOrganisation] = useState(ownOrganisation.value);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const named = title.trim() !== '' && organisation.trim() !== '';
  const create = async (): Promise<void> => {
    if (!named) return;
    setBusy(true);
    setProblem(null);
    try {
      const made = await link.request('room.create', {
        title: title.trim(),
        organisation: organisation.trim(),
      });
      onCreated(made.room, made.invitations);
      setTitle('');
    } catch (error) {
      setProblem(failureText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="stack card"
      aria-label={t('new-room')}
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <h2>{t('new-room')}</h2>
      <TextField
        label={t('room-title')}
        value={title}
        maxLength={120}
        required
        testid="room-title"
        onInput={setTitle}
      />
      <TextField
        label={t('room-organisation')}
        value={organisation}
        maxLength={80}
        required
        autocomplete="organization"
        testid="room-organisation"
        onInput={setOrganisation}
      />
      {problem ? (
        <p class="problem" role="alert">
          {problem}
        </p>
      ) : null}
      <Button
        kind="primary"
        type="submit"
        testid="create-room"
        disabled={busy || !named}
      >
        {busy ? t('new-room-busy') : t('new-room-button')}
      </Button>
      {named ? null : <p class="soft small">{t('room-needs-title')}</p>}
    </form>
  );
}
