/* What every part of the room page is given. */
import type { Controls } from './controls';
import type { RoomSession } from './seat_client';

export interface RoomProps {
  session: RoomSession;
  controls: Controls;
}
