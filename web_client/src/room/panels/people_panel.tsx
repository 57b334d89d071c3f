/* The people in the room: raised hands in order, moderators, then organisations. */
import type { JSX } from 'preact';
import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import { UserPlus, X } from 'lucide-preact';
import { Button } from '../../design/parts';
import type { ParticipantInfo } from '../../protocol';
import { byOrganisation, handQueue, moderators } from '../../state/room';
import { language, t } from '../../text';
import { PersonRow, type ListName } from './person_row';
import { RemovedPeople } from './removed_people';
import type { RoomProps } from '../seat/props';

/** Moves the focus to the row after the removed one, or to the heading. */
function focusAfter(row: HTMLElement, fallback: HTMLElement | null): void {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const heading = row.closest('section')?.querySelector<HTMLElement>('h3[tabindex]');
  // The row is still in the page; which rows remain is known after the change.
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
  const people = view?.participants;
  const tag = language.value;
  // Not on each change of the room: speakers change often, and sorting 500 names is
  // slow.
  const hands = useMemo(() => (people ? handQueue(people) : []), [people]);
  const chairs = useMemo(() => (people ? moderators(people) : []), [people]);
  const groups = useMemo(
    () => (people ? byOrganisation(people, tag) : []),
    [people, tag],
  );
  // A person with a raised hand is in two lists: the list is part of the row's name.
  const [open, setOpen] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const onToggle = useCallback((list: ListName, participant: string): void => {
    const row = `${list} ${participant}`;
    setOpen((now) => (now === row ? null : row));
  }, []);
  const onGone = useCallback(
    (row: HTMLElement): void => focusAfter(row, heading.current),
    [],
  );
  const speakers = new Set(view?.speakers);
  const mayLower = seat.may('floor.give');
  const mayStage = seat.may('stage.set');
  const rows = (list: ListName, listed: readonly ParticipantInfo[]): JSX.Element => (
    <ul>
      {listed.map((participant) => {
        const { id } = participant;
        const own = view?.self === id;
        const { stage, chosen_stage: chosen } = view?.room ?? {};
        return (
          <PersonRow
            key={id}
            {...{ seat, controls, participant, list, own, onToggle, onGone }}
            speaking={speakers.has(id)}
            stage={chosen === id ? 'kept' : stage === id ? 'on' : 'off'}
            // The only action for the user's own row is to go on the stage.
            acts={!own || mayStage}
            lowers={list === 'hands' && mayLower}
            open={open === `${list} ${id}`}
          />
        );
      })}
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
            rows('hands', hands)
          )}
        </section>
        {chairs.length > 0 ? (
          <section class="group">
            <h3>{t('moderators')}</h3>
            {rows('moderators', chairs)}
          </section>
        ) : null}
        {groups.map((group) => (
          <section class="group" key={group.organisation}>
            <h3>{group.organisation}</h3>
            {rows('groups', group.participants)}
          </section>
        ))}
        {groups.length === 0 ? <p class="soft small">{t('people-empty')}</p> : null}
        {seat.may('participant.remove') ? <RemovedPeople seat={seat} /> : null}
      </div>
    </aside>
  );
}
