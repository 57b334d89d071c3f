/*
 * The key that this browser shows at the door of one invitation, so that a removal
 * holds for it.
 *
 * It is made from a secret that never leaves the browser and from the invitation:
 * each invitation gets another key, so keys of two rooms cannot be joined.
 */
import { browserSecret } from './settings';

/** Null where the browser cannot compute it: no removal can hold then. */
export async function browserKey(invitation: string): Promise<string | null> {
  try {
    const text = new TextEncoder().encode(`${browserSecret()} ${invitation}`);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
    return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return null;
  }
}
