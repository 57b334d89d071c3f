/*
 * Which participant is shown where, from the room's state and this viewer's choices.
 *
 * Pure. Two rules always hold: a shared screen takes the stage, and visible participants
 * do not move when a participant speaks.
 */
import type { ParticipantInfo } from '../protocol';
import { sends, type RoomView } from '../state/room';
import type { LayoutChoice } from '../state/settings';

export interface Choices {
  readonly layout: LayoutChoice;
  /** The participant this viewer keeps on its own stage; null: none. */
  readonly pinned: string | null;
  readonly selfShown: boolean;
}

export interface Arrangement {
  readonly mode: LayoutChoice;
  /** Whose shared screen has the stage. */
  readonly content: string | null;
  /** The participant whose camera is on the stage or beside the content. */
  readonly stage: string | null;
  /**
   * The stage to request from the server: the viewer's choice, or null for the room's.
   */
  readonly ownStage: string | null;
  /** Tiles in order; in stage mode without the one on the stage. */
  readonly tiles: readonly string[];
}

/**
 * Up to this many participants all of them get a tile, also those who may not speak, so
 * that a small meeting shows everybody.
 */
const SHOW_ALL_UP_TO = 9;

/** Connected participants first; otherwise in the given order. */
function hereFirst(people: readonly ParticipantInfo[]): ParticipantInfo[] {
  return [...people.filter((p) => p.connected), ...people.filter((p) => !p.connected)];
}

/**
 * Participants who get a tile: connected ones before disconnected ones, and in each part
 * those who may publish before the others, in the room's order.
 */
export function tiled(view: RoomView, selfShown: boolean): string[] {
  const all = [...view.participants.values()].filter(
    (p) => p.id !== view.self || selfShown,
  );
  const visible = all.filter(
    (p) => p.role !== 'researcher' || p.has_floor || p.tracks.length > 0,
  );
  const chosen =
    all.length <= SHOW_ALL_UP_TO
      ? [...visible, ...all.filter((p) => !visible.includes(p))]
      : visible;
  return hereFirst(chosen).map((p) => p.id);
}

function contentOwner(view: RoomView): string | null {
  const owners = hereFirst([...view.participants.values()]).filter((p) =>
    sends(p, 'screen'),
  );
  // All viewers see the same screen: the slot shows whose screen the server forwards.
  const routed = [...view.slots.values()].find((s) => s.source === 'screen');
  const chosen = owners.find((p) => p.id === routed?.participant) ?? owners[0];
  return chosen?.id ?? null;
}

/** A participant for the stage, not the viewer: with a camera first, then by role. */
function another(view: RoomView): string | null {
  const others = hereFirst([...view.participants.values()]).filter(
    (p) => p.id !== view.self,
  );
  const seen = others.find((p) => sends(p, 'camera'));
  return (seen ?? others.find((p) => p.role !== 'researcher'))?.id ?? null;
}

export function arrange(view: RoomView, choices: Choices): Arrangement {
  const known = (id: string | null): string | null =>
    id !== null && view.participants.has(id) ? id : null;
  const pinned = known(choices.pinned);
  const rooms = known(view.room.stage);
  // The viewer's own picture is on the stage only if there is no other.
  const instead =
    pinned === null && (rooms === null || rooms === view.self) ? another(view) : null;
  const stage = pinned ?? instead ?? rooms;
  const content = contentOwner(view);
  const mode = content === null && pinned === null ? choices.layout : 'stage';
  const everybody = tiled(view, choices.selfShown);
  const ownStage = stage !== rooms && stage !== view.self ? stage : null;
  return {
    mode,
    content,
    stage,
    ownStage,
    tiles: mode === 'grid' ? everybody : everybody.filter((id) => id !== stage),
  };
}
