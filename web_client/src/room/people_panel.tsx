/* Everybody in the room: raised hands in order, moderators, then organisations. */
import type { JSX } from 'preact';
import { X } from 'lucide-preact';
import { Button } from '../design/parts';
import type { ParticipantInfo } from '../protocol';
import { byOrganisation, handQueue, moderators } from '../state/room';
import { language, t } from '../text';
import { PersonRow } from './person_row';
import type { RoomProps } from './props';

export function PeoplePanel({ session, controls }: RoomProps): JSX.Element {
  const view = session.view.value;
  const hands = view ? handQueue(view) : [];
  const chairs = view ? moderators(view) : [];
  const groups = view ? byOrganisation(view, language.value) : [];
  const rows = (people: readonly ParticipantInfo[], grouped: boolean): JSX.Element => (
    <ul>
      {people.map((participant) => (
        <PersonRow
          key={participant.id}
          {...{ session, controls, participant, grouped }}
        />
      ))}
    </ul>
  );
  return (
    <aside class="rail" aria-label={t('people')} data-testid="people-panel">
      <div class="rail-head row apart">
        <h2>{t('people')}</h2>
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
        <section class="group" data-testid="hand-queue">
          <h3>{t('hands')}</h3>
          {hands.length === 0 ? (
            <p class="soft small">{t('hands-empty')}</p>
          ) : (
            rows(hands, false)
          )}
        </section>
        {chairs.length > 0 ? (
          <section class="group">
            <h3>{t('moderators')}</h3>
            {rows(chairs, false)}
          </section>
        ) : null}
        {groups.map((group) => (
          <section class="group" key={group.organisation}>
            <h3>{group.organisation}</h3>
            {rows(group.participants, true)}
          </section>
        ))}
        {groups.length === 0 ? <p class="soft small">{t('people-empty')}</p> : null}
      </div>
    </aside>
  );
}
