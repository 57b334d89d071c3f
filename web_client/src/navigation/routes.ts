/* Addresses of the pages. Tokens are in the fragment, so that no server logs them. */
import { signal } from '@preact/signals';
import type { ConnectAuth } from '../protocol';
import { clearNotices } from '../state/notices';

export type Route =
  | { page: 'home' }
  | { page: 'start'; token: string }
  | { page: 'join'; invitation: string }
  | { page: 'room'; room: string }
  /**
   * The test before a conference: with the connection of a room, or of devices only.
   */
  | { page: 'check'; entry: ConnectAuth | null }
  | { page: 'unknown' };

const TOKEN = /^[A-Za-z0-9_-]{16,128}$/;
const IDENTIFIER = /^[A-Za-z0-9_-]{1,64}$/;

/** Reads a route out of the path and fragment of an address. */
export function parseRoute(path: string, hash: string): Route {
  const token = hash.replace(/^#/, '');
  const parts = path.split('/').filter(Boolean);
  if (parts.length === 0) return { page: 'home' };
  if (parts.length === 1 && parts[0] === 'start') {
    return TOKEN.test(token) ? { page: 'start', token } : { page: 'unknown' };
  }
  if (parts.length === 1 && parts[0] === 'join') {
    return TOKEN.test(token)
      ? { page: 'join', invitation: token }
      : { page: 'unknown' };
  }
  const [first, room] = parts;
  if (first === 'check' && parts.length === 1) {
    return { page: 'check', entry: TOKEN.test(token) ? { invitation: token } : null };
  }
  if (first === 'check' && parts.length === 2 && room && IDENTIFIER.test(room)) {
    return { page: 'check', entry: { room } };
  }
  if (parts.length === 2 && first === 'room' && room && IDENTIFIER.test(room)) {
    return { page: 'room', room };
  }
  return { page: 'unknown' };
}

/** The address of the test for a room; null: for devices only. */
export function checkPath(entry: ConnectAuth | null): string {
  if (entry?.invitation) return `/check#${entry.invitation}`;
  return entry?.room ? `/check/${entry.room}` : '/check';
}

/** The address of a join page. */
export function joinPath(entry: ConnectAuth): string | null {
  if (entry.invitation) return `/join#${entry.invitation}`;
  return entry.room ? `/room/${entry.room}` : null;
}

/**
 * A pasted address of a room, as a path of this site.
 *
 * Null unless it is an invitation or a room of this host.
 */
export function pastedPath(text: string, origin: string): string | null {
  let url: URL;
  try {
    url = new URL(text.trim(), origin);
  } catch {
    return null;
  }
  if (url.host !== new URL(origin).host) return null;
  const route = parseRoute(url.pathname, url.hash);
  return route.page === 'home' || route.page === 'unknown'
    ? null
    : url.pathname + url.hash;
}

const here = (): Route => parseRoute(window.location.pathname, window.location.hash);

export const route = signal<Route>({ page: 'unknown' });

/** Starts following the address bar. */
export function followAddress(): void {
  route.value = here();
  const update = (): void => {
    route.value = here();
  };
  window.addEventListener('popstate', update);
  window.addEventListener('hashchange', update);
}

export function go(path: string): void {
  clearNotices();
  window.history.pushState(null, '', path);
  route.value = here();
}
