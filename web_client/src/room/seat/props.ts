/* The properties of every part of the room page. */
import type { Controls } from './controls';
import type { SeatClient } from './seat_client';

export interface RoomProps {
  seat: SeatClient;
  controls: Controls;
}
