/*
 * ICE restarts without a request to the server (RFC 8445 §9).
 *
 * The server is ICE-lite: it gathers no candidates and has none to add. It accepts its
 * user fragment with a mark appended (docs/protocol.md), so its previous description with
 * another mark restarts a connection even while the socket is down.
 */

/** The server's description as it would be after `times` restarts. */
export function marked(sdp: string, times: number): string {
  if (times === 0) return sdp;
  return sdp.replace(/^(a=ice-ufrag:[^/\r\n]+)[^\r\n]*/gm, `$1/${times}`);
}

/** The part of a peer connection that restarts use. */
export interface Recoverable {
  readonly pc: RTCPeerConnection | null;
  /** Restarts ICE to find another route; media uses the old one as long as it works. */
  restart(): Promise<void>;
  /** Replaces it with a new peer connection. */
  replace(): void;
}
