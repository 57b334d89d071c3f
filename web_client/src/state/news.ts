/*
 * Notices for moderators: people who joined, left or raised a hand.
 *
 * Pure: compares two views of the room. Several events of a kind become one line.
 */
import type { ParticipantInfo } from '../protocol';
import type { RoomView } from './room';

export type NewsKind = 'joined' | 'left' | 'hand';

export interface News {
  readonly kind: NewsKind;
  /** In the order in which it happened; at least one. */
  readonly names: readonly string[];
}

const KINDS: readonly NewsKind[] = ['joined', 'left', 'hand'];

/** Changes between two views of the same room, without those of the user. */
export function newsBetween(before: RoomView, after: RoomView): readonly News[] {
  if (before === after || before.room.id !== after.room.id) return [];
  if (before.participants === after.participants) return [];
  const names: Record<NewsKind, string[]> = { joined: [], left: [], hand: [] };
  const others = (view: RoomView): ParticipantInfo[] =>
    [...view.participants.values()].filter((p) => p.id !== after.self);
  for (const now of others(after)) {
    const then = before.participants.get(now.id);
    if (!then) names.joined.push(now.name);
    // The raised hand of a participant that has reconnected is not news.
    if (now.hand !== null && then?.hand === null && then.connected) {
      names.hand.push(now.name);
    }
  }
  for (const then of others(before)) {
    if (!after.participants.has(then.id)) names.left.push(then.name);
  }
  return KINDS.filter((kind) => names[kind].length > 0).map((kind) => ({
    kind,
    names: names[kind],
  }));
}

/** Adds news to those shown: one line of each kind, the newest last. */
export function withNews(shown: readonly News[], news: readonly News[]): News[] {
  const lines = [...shown];
  for (const { kind, names } of news) {
    const at = lines.findIndex((line) => line.kind === kind);
    const older = at < 0 ? [] : (lines.splice(at, 1)[0]?.names ?? []);
    lines.push({ kind, names: [...older, ...names] });
  }
  return lines;
}
