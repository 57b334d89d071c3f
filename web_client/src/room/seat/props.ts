/* What every part of the room page is given. */
import type { Controls } from './controls';
import type { SeatClient } from './seat_client';

export interface RoomProps {
  seat: SeatClient;
  controls: Controls;
}
