/*
 * The key by which a removal applies to this browser, for one invitation.
 *
 * It is derived from a secret that never leaves the browser and from the invitation. Each
 * invitation gets a different key, so that keys of two rooms cannot be linked.
 */
import { browserSecret } from './settings';

/** Null if the browser cannot compute it; a removal cannot be enforced then. */
export async function browserKey(invitation: string): Promise<string | null> {
  try {
    const text = new TextEncoder().encode(`${browserSecret()} ${invitation}`);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
    return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return null;
  }
}
