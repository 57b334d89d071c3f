/*
 * Looking for another path without asking the server (ICE restart, RFC 8445 §9).
 *
 * The server is ICE-lite: it gathers no candidates and has none to add. It takes
 * its user fragment with a mark after it for itself (docs/protocol.md), so its old
 * description with another mark restarts a connection while the socket is dead too.
 */

/** The server's description as it would be after `times` restarts. */
export function marked(sdp: string, times: number): string {
  if (times === 0) return sdp;
  return sdp.replace(/^(a=ice-ufrag:[^/\r\n]+)[^\r\n]*/gm, `$1/${times}`);
}

/** The part of a peer connection that restarts use. */
export interface Mendable {
  readonly pc: RTCPeerConnection | null;
  /** Restarts ICE to find another route; media flows over the old one while it can. */
  restart(): Promise<void>;
  /** Gives it up for a new one. */
  replace(): void;
}
