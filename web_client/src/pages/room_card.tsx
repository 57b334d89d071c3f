/* One room on the desk: who is in it, its invitations, the way in, the end of it. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { go } from '../app/routes';
import { Button, Confirm } from '../design/parts';
import type { InvitationInfo, RoleName, RoomSummary } from '../protocol';
import type { Link } from '../signaling/link';
import { notify } from '../state/notices';
import { t } from '../text';
import { failureText } from '../text/failure';
import { InvitationRow } from './invitation_row';

interface RoomCardProps {
  room: RoomSummary;
  link: Link;
  /** Invitations that came with a room made just now: shown at once. */
  fresh: InvitationInfo[] | null;
  onClosed: () => void;
}

const INVITED: readonly RoleName[] = ['presenter', 'researcher', 'moderator'];
const INVITE_KEYS: Readonly<Record<RoleName, string>> = {
  presenter: 'invite-presenter',
  researcher: 'invite-researcher',
  moderator: 'invite-moderator',
};

export function RoomCard({ room, link, fresh, onClosed }: RoomCardProps): JSX.Element {
  const [open, setOpen] = useState(fresh !== null);
  const [closing, setClosing] = useState(false);
  const [invitations, setInvitations] = useState<readonly InvitationInfo[] | null>(
    fresh,
  );
  useEffect(() => {
    if (!open || invitations !== null) return;
    link.request('invitation.list', { room: room.id }).then(
      (list) => setInvitations(list.invitations),
      (error: unknown) => notify(failureText(error)),
    );
  }, [open, invitations, link, room.id]);

  const invite = async (role: RoleName): Promise<void> => {
    try {
      const made = await link.request('invitation.create', { room: room.id, role });
      setInvitations((now) => [...(now ?? []), made]);
    } catch (error) {
      notify(failureText(error));
    }
  };
  const revoke = async (invitation: string): Promise<void> => {
    try {
      const dead = await link.request('invitation.revoke', {
        room: room.id,
        invitation,
      });
      setInvitations((now) => (now ?? []).map((i) => (i.id === dead.id ? dead : i)));
      notify(t('notice-revoked'));
    } catch (error) {
      notify(failureText(error));
    }
  };
  const close = async (): Promise<void> => {
    try {
      await link.request('room.close', { room: room.id });
      onClosed();
    } catch (error) {
      notify(failureText(error));
    }
  };
  const valid = (invitations ?? []).filter((i) => !i.revoked);
  return (
    <li class="card stack" data-testid="room-card">
      <div class="row apart">
        <div class="grow">
          <h2>{room.title}</h2>
          <p class="soft">
            {room.organisation} · {t('present-count', { count: room.present })}
          </p>
        </div>
        <Button
          kind="primary"
          testid="enter-room"
          onPress={() => go(`/room/${room.id}`)}
        >
          {t('enter-room')}
        </Button>
      </div>
      <div class="row">
        <Button expanded={open} testid="invitations" onPress={() => setOpen(!open)}>
          {t('invitations')}
        </Button>
        <Button kind="danger" testid="close-room" onPress={() => setClosing(true)}>
          {t('close-room')}
        </Button>
      </div>
      {open ? (
        <div class="stack">
          <p class="soft small">{t('invitations-help')}</p>
          {invitations !== null && valid.length === 0 ? (
            <p class="soft">{t('invitations-empty')}</p>
          ) : null}
          <ul class="stack tight">
            {valid.map((invitation) => (
              <InvitationRow
                key={invitation.id}
                invitation={invitation}
                onRevoke={() => void revoke(invitation.id)}
              />
            ))}
          </ul>
          <div class="row">
            {INVITED.map((role) => (
              <Button
                key={role}
                testid={`invite-${role}`}
                onPress={() => void invite(role)}
              >
                {t(INVITE_KEYS[role])}
              </Button>
            ))}
          </div>
        </div>
      ) : null}
      {closing ? (
        <Confirm
          title={t('close-room-title', { title: room.title })}
          text={t('close-room-text')}
          action={t('close-room')}
          onConfirm={() => void close()}
          onClose={() => setClosing(false)}
        />
      ) : null}
    </li>
  );
}
