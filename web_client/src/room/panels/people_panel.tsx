/* Everybody in the room: raised hands in order, moderators, then organisations. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { UserPlus, X } from 'lucide-preact';
import { Button } from '../../design/parts';
import type { ParticipantInfo } from '../../protocol';
import { byOrganisation, handQueue, moderators } from '../../state/room';
import { language, t } from '../../text';
import { PersonRow } from './person_row';
import { RemovedPeople } from './removed_people';
import type { RoomProps } from '../seat/props';

/** Gives the keyboard to the row after the one that went, or to the heading. */
function focusAfter(row: HTMLElement, fallback: HTMLElement | null): void {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const heading = row.closest('section')?.querySelector<HTMLElement>('h3[tabindex]');
  // The row is still there now; what stays is known only after the change.
  queueMicrotask(() => {
    const button = next?.isConnected
      ? next.querySelector<HTMLElement>('button[aria-expanded]')
      : null;
    const kept = heading?.isConnected ? heading : fallback;
    (button ?? kept)?.focus();
  });
}

export function PeoplePanel({ seat, controls }: RoomProps): JSX.Element {
  const view = seat.view.value;
  const hands = view ? handQueue(view) : [];
  const chairs = view ? moderators(view) : [];
  const groups = view ? byOrganisation(view, language.value) : [];
  // Somebody with a raised hand is in two lists: the list is part of the name.
  const [open, setOpen] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const rows = (
    list: string,
    people: readonly ParticipantInfo[],
    grouped: boolean,
  ): JSX.Element => (
    <ul>
      {people.map((participant) => (
        <PersonRow
          key={participant.id}
          {...{ seat, controls, participant, grouped }}
          queued={list === 'hands'}
          open={open === `${list} ${participant.id}`}
          onToggle={() => {
            const row = `${list} ${participant.id}`;
            setOpen((now) => (now === row ? null : row));
          }}
          onGone={(row) => focusAfter(row, heading.current)}
        />
      ))}
    </ul>
  );
  return (
    <aside class="rail" aria-label={t('people')} data-testid="people-panel">
      <div class="rail-head row apart">
        <h2 ref={heading} tabIndex={-1}>
          {t('people')}
        </h2>
        <Button
          kind="plain"
          iconOnly
          label={t('close')}
          onPress={() => controls.togglePanel('people')}
        >
          <X aria-hidden="true" />
        </Button>
      </div>
      <div class="rail-body" tabIndex={0} role="region" aria-label={t('people')}>
        {seat.may('room.manage') ? (
          <Button
            wide
            testid="invite"
            onPress={() => {
              controls.dialog.value = 'invite';
            }}
          >
            <UserPlus aria-hidden="true" /> {t('invite-people')}
          </Button>
        ) : null}
        <section class="group" data-testid="hand-queue">
          <h3 tabIndex={-1}>{t('hands')}</h3>
          {hands.length === 0 ? (
            <p class="soft small">{t('hands-empty')}</p>
          ) : (
            rows('hands', hands, false)
          )}
        </section>
        {chairs.length > 0 ? (
          <section class="group">
            <h3>{t('moderators')}</h3>
            {rows('moderators', chairs, false)}
          </section>
        ) : null}
        {groups.map((group) => (
          <section class="group" key={group.organisation}>
            <h3>{group.organisation}</h3>
            {rows('groups', group.participants, true)}
          </section>
        ))}
        {groups.length === 0 ? <p class="soft small">{t('people-empty')}</p> : null}
        {seat.may('participant.remove') ? <RemovedPeople seat={seat} /> : null}
      </div>
    </aside>
  );
}
