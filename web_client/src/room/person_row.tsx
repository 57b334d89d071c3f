/* One participant in the list; opened, what one may do for or about them. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Button, Confirm } from '../design/parts';
import type { ParticipantInfo, RoleName, SourceName } from '../protocol';
import { sends } from '../state/room';
import { t } from '../text';
import type { RoomProps } from './props';
import { initials, Marks } from './tile';

interface PersonProps extends RoomProps {
  participant: ParticipantInfo;
  /** The heading above says the organisation already. */
  grouped: boolean;
  open: boolean;
  onToggle: () => void;
  /** The row goes away while the keyboard is in it. */
  onGone: (row: HTMLElement) => void;
}

const ROLE_KEYS: Readonly<Record<RoleName, string>> = {
  moderator: 'role-moderator',
  presenter: 'role-presenter',
  researcher: 'role-researcher',
};

const MUTE_KEYS: readonly (readonly [SourceName, string])[] = [
  ['microphone', 'mute-microphone'],
  ['camera', 'stop-camera'],
  ['screen', 'stop-screen'],
];

export function PersonRow(props: PersonProps): JSX.Element {
  const { session, participant, grouped, open, onToggle, onGone } = props;
  const row = useRef<HTMLLIElement>(null);
  const gone = useRef(onGone);
  gone.current = onGone;
  const own = session.view.value?.self === participant.id;
  const speaking = session.view.value?.speakers.includes(participant.id) ?? false;
  // For oneself there is nothing to do but to go on stage.
  const acts = !own || session.may('stage.set');
  useEffect(() => {
    if (open) row.current?.scrollIntoView({ block: 'nearest' });
  }, [open]);
  useLayoutEffect(() => {
    const element = row.current;
    return () => {
      if (element?.contains(document.activeElement)) gone.current(element);
    };
  }, []);
  const facts = [
    grouped ? null : participant.organisation,
    t(ROLE_KEYS[participant.role]),
    participant.has_floor ? t('has-floor') : null,
    session.view.value?.room.stage === participant.id ? t('on-stage') : null,
    participant.connected ? null : t('connection-lost'),
  ];
  const head = (
    <>
      <span class={speaking ? 'face speaking' : 'face'} aria-hidden="true">
        {initials(participant.name)}
      </span>
      <span class="grow">
        <span class="name-line">
          <span class="cut">{participant.name}</span>
          {own ? <span class="uncut"> {t('you')}</span> : null}
        </span>
        <span class="block soft small">
          {facts.filter((fact) => fact !== null).join(' · ')}
        </span>
      </span>
      <Marks participant={participant} />
    </>
  );
  return (
    <li ref={row} class="person" data-testid="person" data-participant={participant.id}>
      {acts ? (
        <button
          type="button"
          class="person-head"
          aria-expanded={open}
          data-testid="person-menu"
          onClick={onToggle}
        >
          {head}
        </button>
      ) : (
        <div class="person-head">{head}</div>
      )}
      {open && acts ? <Actions {...props} own={own} /> : null}
    </li>
  );
}

function Actions(props: PersonProps & { own: boolean }): JSX.Element {
  const { session, controls, participant, own } = props;
  const [removing, setRemoving] = useState(false);
  const { id, name } = participant;
  const pinned = session.pinned.value === id;
  const onStage = session.view.value?.room.stage === id;
  return (
    <div class="row tight actions" role="group" aria-label={t('actions-for', { name })}>
      {own ? null : (
        <Button
          pressed={pinned}
          testid="action-pin"
          onPress={() => controls.togglePin(id)}
        >
          {pinned ? t('unpin') : t('pin')}
        </Button>
      )}
      {session.may('floor.give') && participant.role === 'researcher' ? (
        <Button
          testid="action-floor"
          kind={participant.has_floor ? 'usual' : 'primary'}
          onPress={() =>
            void session.ask('floor.give', {
              participant: id,
              given: !participant.has_floor,
            })
          }
        >
          {participant.has_floor ? t('floor-take') : t('floor-give')}
        </Button>
      ) : null}
      {session.may('stage.set') ? (
        <Button
          pressed={onStage}
          testid="action-stage"
          onPress={() =>
            void session.ask('stage.set', { participant: onStage ? null : id })
          }
        >
          {onStage ? t('stage-off') : t('stage-on')}
        </Button>
      ) : null}
      {session.may('participant.mute') && !own
        ? MUTE_KEYS.filter(([source]) => sends(participant, source)).map(
            ([source, key]) => (
              <Button
                key={source}
                testid={`action-mute-${source}`}
                onPress={() =>
                  void session.ask('participant.mute', { participant: id, source })
                }
              >
                {t(key)}
              </Button>
            ),
          )
        : null}
      {session.may('participant.remove') && !own ? (
        <Button kind="danger" testid="action-remove" onPress={() => setRemoving(true)}>
          {t('remove')}
        </Button>
      ) : null}
      {removing ? (
        <Confirm
          title={t('remove-title', { name })}
          text={t('remove-text')}
          action={t('remove')}
          onConfirm={() => void session.ask('participant.remove', { participant: id })}
          onClose={() => setRemoving(false)}
        />
      ) : null}
    </div>
  );
}
