/* One participant in the list; when open, with the actions for this person. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Ellipsis } from 'lucide-preact';
import { Button, Confirm } from '../../design/parts';
import type { ParticipantInfo, RoleName, SourceName } from '../../protocol';
import { sends } from '../../state/room';
import { t } from '../../text';
import type { RoomProps } from '../seat/props';
import { initials } from '../../state/initials';
import { Marks } from '../parts/marks';

/**
 * A row depends on these properties only, and they keep their identity while nothing about
 * this person changes: in a room of 500, a change renders one row, not all.
 */
interface PersonProps extends RoomProps {
  participant: ParticipantInfo;
  list: ListName;
  own: boolean;
  speaking: boolean;
  stage: StagePlace;
  /** The viewer may act on this person. */
  acts: boolean;
  /** The viewer may lower this person's hand from the queue. */
  lowers: boolean;
  open: boolean;
  onToggle: (list: ListName, participant: string) => void;
  /** Called when the row is removed while the keyboard focus is in it. */
  onGone: (row: HTMLElement) => void;
}

/** The queue of raised hands, the moderators, or the groups by organisation. */
export type ListName = 'hands' | 'moderators' | 'groups';

/** Whether a moderator has chosen this person for the stage. */
export type StagePlace = 'off' | 'on' | 'kept';

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
  const { seat, participant, list, own, speaking, stage, acts, open } = props;
  const row = useRef<HTMLLIElement>(null);
  const gone = useRef(props.onGone);
  gone.current = props.onGone;
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
    // The heading of the group already names the organisation.
    list === 'groups' ? null : participant.organisation,
    t(ROLE_KEYS[participant.role]),
    participant.has_floor ? t('has-floor') : null,
    stage === 'off' ? null : t(stage === 'kept' ? 'kept-on-stage' : 'on-stage'),
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
      <Marks {...{ seat, participant, own }} />
    </>
  );
  return (
    <li ref={row} class="person" data-testid="person" data-participant={participant.id}>
      <div class="person-head" data-open={open}>
        {head}
        {acts ? (
          <Button
            kind="plain"
            iconOnly
            label={t('actions-for', { name: participant.name })}
            expanded={open}
            testid="person-menu"
            onPress={() => props.onToggle(list, participant.id)}
          >
            <Ellipsis aria-hidden="true" />
          </Button>
        ) : null}
      </div>
      {props.lowers ? <QueueActions {...props} /> : null}
      {open && acts ? <Actions {...props} /> : null}
    </li>
  );
}

/** A moderator's actions for a raised hand, available without opening the menu. */
function QueueActions({ seat, participant }: PersonProps): JSX.Element {
  const { id: who, name } = participant;
  return (
    <div class="row tight queue-actions">
      {participant.role === 'researcher' && !participant.has_floor ? (
        <Button
          kind="primary"
          label={t('floor-give-named', { name })}
          testid="queue-floor"
          onPress={() => void seat.ask('floor.give', { participant: who, given: true })}
        >
          {t('floor-give')}
        </Button>
      ) : null}
      <Button
        label={t('hand-lower-named', { name })}
        testid="queue-lower"
        onPress={() => void seat.ask('hand.lower', { participant: who })}
      >
        {t('hand-lower')}
      </Button>
    </div>
  );
}

function Actions(props: PersonProps): JSX.Element {
  const { seat, controls, participant, own, stage } = props;
  const [removing, setRemoving] = useState(false);
  const { id, name } = participant;
  const pinned = seat.pinned.value === id;
  const kept = stage === 'kept';
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
      {seat.may('floor.give') && participant.role === 'researcher' ? (
        <Button
          testid="action-floor"
          kind={participant.has_floor ? 'usual' : 'primary'}
          onPress={() =>
            void seat.ask('floor.give', {
              participant: id,
              given: !participant.has_floor,
            })
          }
        >
          {participant.has_floor ? t('floor-take') : t('floor-give')}
        </Button>
      ) : null}
      {seat.may('stage.set') ? (
        <Button
          pressed={kept}
          testid="action-stage"
          onPress={() => void seat.ask('stage.set', { participant: kept ? null : id })}
        >
          {t(kept ? 'stage-off' : stage === 'on' ? 'stage-keep' : 'stage-on')}
        </Button>
      ) : null}
      {seat.may('floor.give') && !own && participant.hand !== null ? (
        <Button
          testid="action-lower"
          onPress={() => void seat.ask('hand.lower', { participant: id })}
        >
          {t('hand-lower')}
        </Button>
      ) : null}
      {seat.may('participant.mute') && !own
        ? MUTE_KEYS.filter(([source]) => sends(participant, source)).map(
            ([source, key]) => (
              <Button
                key={source}
                testid={`action-mute-${source}`}
                onPress={() =>
                  void seat.ask('participant.mute', { participant: id, source })
                }
              >
                {t(key)}
              </Button>
            ),
          )
        : null}
      {seat.may('participant.remove') && !own ? (
        <Button kind="danger" testid="action-remove" onPress={() => setRemoving(true)}>
          {t('remove')}
        </Button>
      ) : null}
      {removing ? (
        <Confirm
          title={t('remove-title', { name })}
          text={t('remove-text')}
          action={t('remove')}
          onConfirm={() => void seat.ask('participant.remove', { participant: id })}
          onClose={() => setRemoving(false)}
        />
      ) : null}
    </div>
  );
}
