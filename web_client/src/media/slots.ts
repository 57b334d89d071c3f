/*
 * Finds the slot of a participant's source. Pure: combines the plan of the subscribe offer
 * with the server's reports of what each slot carries.
 */
import type { GroupName, SlotPlan, SlotState, SourceName } from '../protocol';

export type Plan = ReadonlyMap<string, SlotPlan>;

export function planOf(slots: readonly SlotPlan[]): Plan {
  return new Map(slots.map((slot) => [slot.mid, slot]));
}

export interface Picture {
  readonly mid: string;
  /** True: this browser cannot decode what the participant sends. */
  readonly undecodable: boolean;
  /** True: this browser's link is too slow for it at present. */
  readonly starved: boolean;
}

/**
 * The video slot that shows this source of a participant, if one does.
 *
 * A slot without a participant keeps its last frame, which must not be shown. The slot of
 * the stage is preferred to the grid's, because its picture is larger.
 */
export function pictureOf(
  plan: Plan,
  slots: ReadonlyMap<string, SlotState>,
  participant: string,
  source: SourceName,
): Picture | null {
  const order: readonly GroupName[] = ['content', 'stage', 'grid'];
  let found: Picture | null = null;
  let foundAt = order.length;
  for (const slot of slots.values()) {
    const planned = plan.get(slot.mid);
    if (!planned || planned.kind !== 'video') continue;
    if (slot.participant !== participant || slot.source !== source) continue;
    const at = order.indexOf(planned.group);
    if (at >= 0 && at < foundAt) {
      found = {
        mid: slot.mid,
        undecodable: slot.gap === 'codec',
        starved: slot.gap === 'link',
      };
      foundAt = at;
    }
  }
  return found;
}

/** The mids of all audio slots; all of them are played. */
export function audioMids(plan: Plan): readonly string[] {
  return [...plan.values()].filter((s) => s.kind === 'audio').map((s) => s.mid);
}
