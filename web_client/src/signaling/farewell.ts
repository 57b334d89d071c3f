/*
 * Informs the server that the page is being closed or reloaded: its seat is then given up
 * soon, without the long wait for a broken connection.
 *
 * The browser delivers a beacon even after the page is gone; a message on the socket may
 * be lost.
 */
export function sayPageClosed(seat: string, connection: string): void {
  const body = new Blob([JSON.stringify({ seat, connection })], {
    type: 'application/json',
  });
  try {
    navigator.sendBeacon('/api/page-closed', body);
  } catch {
    // Without it the server waits as for any lost connection.
  }
}
