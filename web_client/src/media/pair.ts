/*
 * The candidate pair that a connection uses, read from its statistics.
 *
 * Pure. Success and nomination do not identify it: Firefox nominates a pair over UDP and
 * one over TCP, keeps both, and uses one.
 */

export type Report = Pick<RTCStatsReport, 'forEach' | 'get'>;

export interface Pair {
  readonly id: string;
  /** Round trip in seconds, of the newest check. */
  readonly rtt: number | undefined;
  readonly protocol: 'udp' | 'tcp' | null;
  /** The browser's estimate of the uplink, in bit/s. */
  readonly roomUp: number | undefined;
}

interface Entry {
  id: string;
  type: string;
  selectedCandidatePairId?: string;
  selected?: boolean;
  localCandidateId?: string;
  protocol?: string;
  currentRoundTripTime?: number;
  availableOutgoingBitrate?: number;
}

/** The pair in use; null: none yet. All media is bundled over one pair. */
export function pairInUse(report: Report): Pair | null {
  let named: string | undefined;
  let marked: Entry | undefined;
  report.forEach((raw) => {
    const entry = raw as Entry;
    if (entry.type === 'transport') named ??= entry.selectedCandidatePairId;
    // A non-standard field of Firefox, the only one of its older releases.
    else if (entry.type === 'candidate-pair' && entry.selected) marked = entry;
  });
  const pair = (report.get(named ?? '') as Entry | undefined) ?? marked;
  if (!pair) return null;
  const local = report.get(pair.localCandidateId ?? '') as Entry | undefined;
  const protocol = local?.protocol;
  return {
    id: pair.id,
    rtt: pair.currentRoundTripTime,
    protocol: protocol === 'udp' || protocol === 'tcp' ? protocol : null,
    roomUp: pair.availableOutgoingBitrate,
  };
}
