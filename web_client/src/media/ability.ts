/*
 * Whether this browser can connect to a room for picture and sound.
 *
 * Hardened browsers take WebRTC away, or leave its name and refuse to make one. Such a
 * browser can still read, write and raise a hand; nothing else may depend on it.
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
