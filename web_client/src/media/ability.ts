/*
 * Whether this browser supports WebRTC, which audio and video need.
 *
 * Hardened browsers remove `RTCPeerConnection`, or keep the name and refuse to construct
 * one. Their users can still chat and raise a hand, so nothing else may depend on WebRTC.
 */
let able: boolean | null = null;

function tryOnce(): boolean {
  try {
    new RTCPeerConnection().close();
    return true;
  } catch {
    return false;
  }
}

/** Tried once: it does not change while the page is open. */
export const canConnect = (): boolean => (able ??= tryOnce());
