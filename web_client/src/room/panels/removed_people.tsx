/* People who were removed from the room, for moderators to readmit. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../design/parts';
import type { RemovalInfo } from '../../protocol';
import { t } from '../../text';
import type { SeatClient } from '../seat/seat_client';

export function RemovedPeople({ seat }: { seat: SeatClient }): JSX.Element | null {
  const [removals, setRemovals] = useState<readonly RemovalInfo[]>([]);
  // A removal changes the number of people; no other event announces it.
  const people = seat.view.value?.participants.size;
  const load = (): void => {
    seat.link.request('removal.list', {}).then(
      (list) => setRemovals(list.removals),
      () => undefined, // requested again at the next change
    );
  };
  useEffect(load, [people]);
  if (removals.length === 0) return null;
  const letIn = async (participant: string): Promise<void> => {
    if (await seat.ask('removal.lift', { participant })) load();
  };
  return (
    <section class="group" data-testid="removed-people">
      <h3>{t('removed-people')}</h3>
      <ul>
        {removals.map((one) => (
          <li key={one.participant} class="person-head">
            <span class="grow">
              <span class="name-line">
                <span class="cut">{one.name}</span>
              </span>
              <span class="block soft small">
                {t('removed-by', { organisation: one.organisation, by: one.by })}
              </span>
            </span>
            <Button
              label={t('let-in-named', { name: one.name })}
              testid="let-in"
              onPress={() => void letIn(one.participant)}
            >
              {t('let-in')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
