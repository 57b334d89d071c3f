/* A room's invitations: the valid links, and a form to create another. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button, TextField } from '../design/parts';
import type { InvitationInfo, RoleName } from '../protocol';
import type { Link } from '../signaling/link';
import { notify } from '../state/notices';
import { t } from '../text';
import { notifyFailure } from '../text/failure';
import { onlyOnThisComputer } from './address';
import { limitFrom, MOST_PEOPLE } from './limit';
import { InvitationRow } from './row';

interface InvitationsProps {
  link: Link;
  room: string;
  /** Invitations that were created together with the room; shown at once. */
  fresh?: readonly InvitationInfo[] | null;
}

const INVITED: readonly RoleName[] = ['presenter', 'researcher', 'moderator'];
const INVITE_KEYS: Readonly<Record<RoleName, string>> = {
  presenter: 'invite-presenter',
  researcher: 'invite-researcher',
  moderator: 'invite-moderator',
};
const LONGEST_NOTE = 80; // the protocol's limit
// Longer than any number allowed: digits that are cut off would change what was entered.
const LONGEST_LIMIT = 20;

export function Invitations({
  link,
  room,
  fresh = null,
}: InvitationsProps): JSX.Element {
  const [invitations, setInvitations] = useState<readonly InvitationInfo[] | null>(
    fresh,
  );
  const [note, setNote] = useState('');
  const [most, setMost] = useState('');
  useEffect(() => {
    if (invitations !== null) return;
    link
      .request('invitation.list', { room })
      .then((list) => setInvitations(list.invitations), notifyFailure);
  }, [invitations, link, room]);

  const limit = limitFrom(most);
  const invite = async (role: RoleName): Promise<void> => {
    if (limit === 'invalid') return;
    try {
      const made = await link.request('invitation.create', {
        room,
        role,
        note: note.trim(),
        most_people: limit,
      });
      setInvitations((now) => [...(now ?? []), made]);
      setNote('');
      setMost('');
    } catch (error) {
      notifyFailure(error);
    }
  };
  const revoke = async (invitation: string): Promise<void> => {
    try {
      const dead = await link.request('invitation.revoke', { room, invitation });
      setInvitations((now) => (now ?? []).map((i) => (i.id === dead.id ? dead : i)));
      notify(t('notice-revoked'));
    } catch (error) {
      notifyFailure(error);
    }
  };
  const valid = (invitations ?? []).filter((i) => !i.revoked);
  return (
    <div class="stack" data-testid="invitation-list">
      <p class="soft small">{t('invitations-help')}</p>
      {valid.some((i) => onlyOnThisComputer(i.url)) ? (
        <p class="problem" role="alert" data-testid="local-links">
          {t('invitations-local')}
        </p>
      ) : null}
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
      <fieldset class="stack tight new-invitation">
        <legend>{t('invite-title')}</legend>
        <div class="new-invitation-fields">
          <TextField
            label={t('invite-note')}
            value={note}
            maxLength={LONGEST_NOTE}
            testid="invite-note"
            onInput={setNote}
          />
          <TextField
            label={t('invite-most')}
            value={most}
            maxLength={LONGEST_LIMIT}
            numeric
            problem={
              limit === 'invalid'
                ? t('invite-most-invalid', { most: MOST_PEOPLE })
                : null
            }
            testid="invite-most"
            onInput={setMost}
          />
        </div>
        <div class="row">
          {INVITED.map((role) => (
            <Button
              key={role}
              testid={`invite-${role}`}
              disabled={limit === 'invalid'}
              onPress={() => void invite(role)}
            >
              {t(INVITE_KEYS[role])}
            </Button>
          ))}
        </div>
      </fieldset>
    </div>
  );
}
