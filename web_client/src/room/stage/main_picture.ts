/* The picture on the stage, for views that show it elsewhere. */
import { arrange } from '../../layout/arrange';
import { sends } from '../../state/room';
import { layout, receive, selfView } from '../../state/settings';
import { t } from '../../text';
import type { SeatClient } from '../seat/seat_client';

export interface MainPicture {
  readonly label: string;
  /** The participant who sends the picture. */
  readonly name: string;
  /** Null: there is nothing to show. */
  readonly track: MediaStreamTrack | null;
}

/**
 * The shared picture, otherwise that of the participant on the stage; null: none.
 */
export function mainPicture(seat: SeatClient): MainPicture | null {
  const view = seat.view.value;
  if (!view) return null;
  const { content, stage } = arrange(view, {
    layout: layout.value,
    pinned: seat.pinned.value,
    selfShown: selfView.value === 'shown',
  });
  const shared = content !== null && content !== view.self;
  const who = view.participants.get((shared ? content : stage) ?? '');
  if (!who) return null;
  const { name } = who;
  const source = shared ? 'screen' : 'camera';
  const label = t(shared ? 'screen-of' : 'picture-of', { name });
  if (who.id === view.self) return { label, name, track: seat.local.camera.value };
  if (receive.value === 'audio' || !sends(who, source)) {
    return { label, name, track: null };
  }
  const shown = seat.receiving.picture(view.slots, who.id, source);
  return { label, name, track: shown?.track ?? null };
}
