/* One participant's tile and the tile of a shared screen. */
import type { JSX } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { ImageDown, ImageOff, Pin, PinOff } from 'lucide-preact';
import { Button } from '../../design/parts';
import type { ParticipantInfo } from '../../protocol';
import { absence, type Absence } from '../../state/absence';
import { initials } from '../../state/initials';
import { receive } from '../../state/settings';
import { t } from '../../text';
import { FullButton } from '../parts/full_button';
import { onPicture } from '../seat/full_view';
import { Marks } from '../parts/marks';
import { Picture } from '../parts/picture';
import type { RoomProps } from '../seat/props';
import type { SeatClient } from '../seat/seat_client';
import { ConnectionButton } from '../parts/connection_button';

interface TileProps extends RoomProps {
  participant: ParticipantInfo;
  place: 'stage' | 'beside' | 'small';
}

export function Tile({ seat, controls, participant, place }: TileProps): JSX.Element {
  const view = seat.view.value;
  const own = view?.self === participant.id;
  const pinned = seat.pinned.value === participant.id;
  const speaking = view?.speakers.includes(participant.id) ?? false;
  const { name, organisation } = participant;
  const [ratio, setRatio] = useState(0);
  // The ring surrounds the picture, without the bars beside it.
  const fitted = place === 'stage' && ratio > 0;
  const style = useMemo(() => (fitted ? { '--ratio': ratio } : {}), [fitted, ratio]);
  const names = [
    'tile',
    place,
    speaking && 'speaking',
    fitted && 'fitted',
    !participant.connected && 'away',
  ];
  return (
    <article
      class={names.filter(Boolean).join(' ')}
      style={style}
      aria-label={`${name}, ${organisation}`}
      data-testid="tile"
      data-participant={participant.id}
      data-place={place}
      data-speaking={speaking}
      onDblClick={(event) => {
        if (!onPicture(event)) return;
        // A tile on the stage cannot be pinned; a double click shows it alone.
        if (place === 'stage') controls.full.toggle();
        else controls.togglePin(participant.id);
      }}
    >
      <Face {...{ seat, participant, own }} onRatio={setRatio} />
      <div class="plate">
        <div class="plate-text">
          <p class="name-line" title={name} data-testid="plate-name">
            <span class="cut">{name}</span>
            {own ? <span class="uncut"> {t('you')}</span> : null}
          </p>
          <p class="cut soft" title={organisation} data-testid="plate-organisation">
            {organisation}
          </p>
        </div>
        <Marks {...{ seat, participant, own }} />
      </div>
      {own ? (
        <div class="tile-actions">
          {place === 'stage' ? <FullButton controls={controls} /> : null}
          <ConnectionButton {...{ seat, controls }} testid="own-connection" />
        </div>
      ) : (
        <div class="tile-actions">
          {place === 'stage' ? <FullButton controls={controls} /> : null}
          <Button
            iconOnly
            label={pinned ? t('unpin-named', { name }) : t('pin-named', { name })}
            pressed={pinned}
            testid="pin"
            onPress={() => controls.togglePin(participant.id)}
          >
            {pinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />}
          </Button>
        </div>
      )}
    </article>
  );
}

interface FaceProps {
  seat: SeatClient;
  participant: ParticipantInfo;
  own: boolean;
  onRatio: (ratio: number) => void;
}

/** The camera's picture, or an avatar instead. */
function Face(props: FaceProps): JSX.Element {
  const { seat, participant, own, onRatio } = props;
  const { receiving, local } = seat;
  const seen = useCallback(() => receiving.frameSeen(), [receiving]);
  const label = t('picture-of', { name: participant.name });
  if (own && local.camera.value) {
    return (
      <Picture track={local.camera.value} mirrored label={label} onRatio={onRatio} />
    );
  }
  const slots = seat.view.value?.slots ?? new Map();
  const byEar = !own && receive.value === 'audio';
  const shown =
    own || byEar ? null : receiving.picture(slots, participant.id, 'camera');
  // The track may be muted before the slot changes: the last frame must not stay.
  const shut = participant.tracks.some(
    (track) => track.source === 'camera' && track.muted,
  );
  if (shown?.undecodable) {
    return (
      <p class="undecodable" data-testid="undecodable">
        {t('undecodable', { name: participant.name })}
      </p>
    );
  }
  if (shown?.track && !shut) {
    return (
      <Picture
        key={shown.track.id}
        track={shown.track}
        label={label}
        onFrame={seen}
        onRatio={onRatio}
      />
    );
  }
  return (
    <div class="faceless">
      <div class="avatar" aria-hidden="true" data-testid="avatar">
        <span>{initials(participant.name)}</span>
      </div>
      {own ? null : <NotFetched reason={absence(participant, shown, byEar)} />}
    </div>
  );
}

const ABSENCE_KEYS: Readonly<Record<Exclude<Absence, 'off'>, string>> = {
  choice: 'tile-audio-only',
  link: 'tile-no-room',
  coming: 'tile-coming',
};

/**
 * Marks a picture that is sent but not shown, so that it does not look like a camera
 * that is off.
 */
function NotFetched({ reason }: { reason: Absence }): JSX.Element | null {
  if (reason === 'off') return null;
  const Icon = reason === 'coming' ? ImageDown : ImageOff;
  return (
    <p
      class={`not-fetched small ${reason}`}
      data-testid="not-fetched"
      data-why={reason}
    >
      <Icon aria-hidden="true" />
      <span>{t(ABSENCE_KEYS[reason])}</span>
    </p>
  );
}
