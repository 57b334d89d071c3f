/* Values of the protocol with everything filled in, for tests to vary. */
import type {
  ChatMessage,
  ParticipantInfo,
  RoomInfo,
  SeatTaken,
  SlotState,
  SourceName,
} from '../src/protocol';
import { viewFrom, type RoomView } from '../src/state/room';

export function participant(
  id: string,
  change: Partial<ParticipantInfo> = {},
): ParticipantInfo {
  return {
    id,
    name: `Name of ${id}`,
    organisation: 'Institute',
    role: 'presenter',
    connected: true,
    has_floor: false,
    hand: null,
    tracks: [],
    quality: null,
    ...change,
  };
}

export function message(seq: number, change: Partial<ChatMessage> = {}): ChatMessage {
  return {
    seq,
    participant: 'me',
    name: 'Me',
    organisation: 'Institute',
    text: `message ${seq}`,
    sent_at: 1_700_000_000 + seq,
    ...change,
  };
}

export function slot(
  mid: string,
  who: string | null,
  source: SourceName | null,
  change: Partial<SlotState> = {},
): SlotState {
  return { mid, participant: who, source, codec: null, gap: null, ...change };
}

export function roomInfo(change: Partial<RoomInfo> = {}): RoomInfo {
  return {
    id: 'room',
    title: 'Title',
    organisation: 'Institute',
    stage: null,
    chosen_stage: null,
    ...change,
  };
}

export function seatTaken(change: Partial<SeatTaken> = {}): SeatTaken {
  return {
    participant: 'me',
    seat: 'seat-token-0123456789',
    role: 'presenter',
    capabilities: ['room.watch', 'chat.send', 'media.publish'],
    room: roomInfo(),
    participants: [participant('me')],
    messages: [],
    slots: [],
    publish_connected: false,
    subscribe_connected: false,
    offer: null,
    ...change,
  };
}

export function view(change: Partial<SeatTaken> = {}): RoomView {
  return viewFrom(seatTaken(change));
}
