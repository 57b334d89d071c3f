/*
 * The client's view of the room: one immutable value, and the pure function that applies
 * an event of the server to it.
 */
import type {
  CapabilityName,
  ChatMessage,
  ParticipantInfo,
  RoleName,
  RoomInfo,
  SeatTaken,
  ServerEvent,
  SlotState,
  SourceName,
} from '../protocol';

export type People = ReadonlyMap<string, ParticipantInfo>;

export interface RoomView {
  readonly self: string;
  readonly role: RoleName;
  readonly capabilities: ReadonlySet<CapabilityName>;
  readonly room: RoomInfo;
  /** In the server's order, in which a participant keeps their place. */
  readonly participants: People;
  /** Ordered by `seq`, without duplicates. */
  readonly messages: readonly ChatMessage[];
  /** The content of each slot, by mid. */
  readonly slots: ReadonlyMap<string, SlotState>;
  readonly speakers: readonly string[];
}

/** Joins two ordered lists of messages; each `seq` is kept once. */
export function mergeMessages(
  present: readonly ChatMessage[],
  arriving: readonly ChatMessage[],
): readonly ChatMessage[] {
  if (arriving.length === 0) return present;
  const last = present.at(-1)?.seq ?? 0;
  if (arriving.every((m, i) => m.seq > (arriving[i - 1]?.seq ?? last))) {
    return [...present, ...arriving];
  }
  const bySeq = new Map(present.map((m) => [m.seq, m]));
  for (const m of arriving) bySeq.set(m.seq, m);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function withSlots(
  present: ReadonlyMap<string, SlotState>,
  changed: readonly SlotState[],
): ReadonlyMap<string, SlotState> {
  const slots = new Map(present);
  for (const slot of changed) slots.set(slot.mid, slot);
  return slots;
}

/**
 * The view after joining or coming back.
 *
 * Coming back keeps the messages already here and adds the missed ones.
 */
export function viewFrom(taken: SeatTaken, before: RoomView | null = null): RoomView {
  return {
    self: taken.participant,
    role: taken.role,
    capabilities: new Set(taken.capabilities),
    room: taken.room,
    participants: new Map(taken.participants.map((p) => [p.id, p])),
    messages: mergeMessages(
      before?.room.id === taken.room.id ? before.messages : [],
      taken.messages,
    ),
    slots: withSlots(new Map(), taken.slots),
    speakers: [],
  };
}

/** The view after an event; the same object when the event changes nothing in it. */
export function reduce(view: RoomView, event: ServerEvent): RoomView {
  switch (event.name) {
    case 'participant.changed': {
      const participants = new Map(view.participants);
      participants.set(event.payload.participant.id, event.payload.participant);
      return { ...view, participants };
    }
    case 'participant.left': {
      const gone = event.payload.participant;
      if (!view.participants.has(gone)) return view;
      const participants = new Map(view.participants);
      participants.delete(gone);
      return {
        ...view,
        participants,
        speakers: view.speakers.filter((id) => id !== gone),
      };
    }
    case 'room.changed':
      return { ...view, room: event.payload.room };
    case 'chat.message':
      return { ...view, messages: mergeMessages(view.messages, [event.payload]) };
    case 'seat.changed':
      return {
        ...view,
        role: event.payload.role,
        capabilities: new Set(event.payload.capabilities),
      };
    case 'slots.changed':
      return { ...view, slots: withSlots(view.slots, event.payload.slots) };
    case 'speakers.changed':
      return { ...view, speakers: event.payload.speakers };
    case 'seat.muted':
    case 'seat.closed':
    case 'publish.needed':
    case 'publish.layers':
    case 'link.changed':
    case 'server.stopping':
      return view;
  }
}

/** Whether something of this source is being sent by the participant now. */
export function sends(participant: ParticipantInfo, source: SourceName): boolean {
  return participant.tracks.some((t) => t.source === source && !t.muted);
}

/** Whether others would hear the user if the microphone were switched on. */
export function mutedOnly(view: RoomView | null, microphoneOn: boolean): boolean {
  return !microphoneOn && (view?.capabilities.has('media.publish') ?? false);
}

/**
 * Whether voices or cameras should arrive now: a slot carries a track that is being sent.
 *
 * A shared screen does not count: it sends nothing while the picture does not change.
 */
export function expectsMedia(view: RoomView): boolean {
  return [...view.slots.values()].some(({ participant, source, gap }) => {
    if (source !== 'microphone' && source !== 'camera') return false;
    const sender = view.participants.get(participant ?? '');
    return gap === null && sender?.connected === true && sends(sender, source);
  });
}

/** The number of connected participants, and of those whose connection is lost. */
export function counts(view: RoomView | null): { here: number; lost: number } {
  const all = [...(view?.participants.values() ?? [])];
  const here = all.filter((p) => p.connected).length;
  return { here, lost: all.length - here };
}

/** Raised hands, first raised first. */
export function handQueue(people: People): readonly ParticipantInfo[] {
  return [...people.values()]
    .filter((p) => p.hand !== null)
    .sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0));
}

export interface OrganisationGroup {
  readonly organisation: string;
  readonly participants: readonly ParticipantInfo[];
}

/** Everybody but the moderators, by organisation in alphabetical order. */
export function byOrganisation(people: People, language: string): OrganisationGroup[] {
  const groups = new Map<string, ParticipantInfo[]>();
  for (const p of people.values()) {
    if (p.role === 'moderator') continue;
    const group = groups.get(p.organisation);
    if (group) group.push(p);
    else groups.set(p.organisation, [p]);
  }
  const order = new Intl.Collator(language);
  return [...groups]
    .map(([organisation, participants]) => ({
      organisation,
      participants: participants.sort((a, b) => order.compare(a.name, b.name)),
    }))
    .sort((a, b) => order.compare(a.organisation, b.organisation));
}

export function moderators(people: People): readonly ParticipantInfo[] {
  return [...people.values()].filter((p) => p.role === 'moderator');
}
