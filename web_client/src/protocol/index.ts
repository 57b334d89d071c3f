/* The protocol's types, with names for the unions the generator writes inline. */
import type {
  ParticipantInfo,
  SeatTaken,
  ServerEvents,
  SlotPlan,
  TrackInfo,
} from './generated';

export * from './generated';

export type RoleName = ParticipantInfo['role'];
export type CapabilityName = SeatTaken['capabilities'][number];
export type SourceName = TrackInfo['source'];
export type GroupName = SlotPlan['group'];
export type CodecName = NonNullable<TrackInfo['codec']>;
/** An event of the server, with its name as the discriminant. */
export type ServerEvent = {
  [N in keyof ServerEvents]: { name: N; payload: ServerEvents[N] };
}[keyof ServerEvents];
