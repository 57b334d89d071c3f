/* Whether a link can be opened from another computer. Pure. */

/**
 * True for loopback addresses, which mean the computer itself (RFC 6761 §6.3, RFC
 * 1122).
 */
export function onlyOnThisComputer(url: string): boolean {
  let host: string;
  try {
    host = new URL(url).hostname;
  } catch {
    return false;
  }
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host.startsWith('127.') ||
    host === '[::1]'
  );
}
