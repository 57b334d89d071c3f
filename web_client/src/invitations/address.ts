/* Whether a link leads anywhere from another computer. Pure. */

/** True of addresses that every computer takes for itself (RFC 6761 §6.3, RFC 1122). */
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
