/*
 * What a page says when it is closed or loaded again: its seat is then given up soon,
 * not after the long wait for a broken connection.
 *
 * A beacon outlives its page, which a message on the socket may not.
 */
export function sayPageClosed(seat: string, connection: string): void {
  const body = new Blob([JSON.stringify({ seat, connection })], {
    type: 'application/json',
  });
  try {
    navigator.sendBeacon('/api/page-closed', body);
  } catch {
    // Without it the server notices the closed socket and waits as for a lost one.
  }
}
