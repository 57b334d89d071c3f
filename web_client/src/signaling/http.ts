/* The three HTTP requests of an account: signed in?, sign in, sign out. */
import { within } from '../deadline';
import { CodedError, codedErrorFrom, NoAnswer } from './errors';

/** For one answer. Lower: fails on slow links; higher: failures show later. */
const ANSWER_WITHIN_MS = 10_000;

async function call(path: string, body?: Record<string, string>): Promise<unknown> {
  const sending: RequestInit = body
    ? {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }
    : {};
  let response: Response;
  try {
    response = await within(
      ANSWER_WITHIN_MS,
      fetch(path, { credentials: 'same-origin', ...sending }),
    );
  } catch {
    throw new NoAnswer();
  }
  const data = await within<unknown>(ANSWER_WITHIN_MS, response.json()).catch(
    () => null,
  );
  if (response.ok) return data;
  const inner = (data as { error?: unknown } | null)?.error ?? data;
  throw (
    codedErrorFrom(inner) ??
    new CodedError(`http-${response.status}`, response.statusText)
  );
}

interface SessionAnswer {
  signed_in?: unknown;
  trust_port?: unknown;
  own_page?: unknown;
}

/** Whether this browser is signed in as a moderator. */
export async function signedIn(): Promise<boolean> {
  const data = (await call('/api/session')) as SessionAnswer | null;
  return data?.signed_in === true;
}

/** The address of the page that says how to trust this site; null: there is none. */
export async function trustPage(): Promise<string | null> {
  const data = (await call('/api/session')) as SessionAnswer | null;
  const port = data?.trust_port;
  return typeof port === 'number' && port > 0
    ? `http://${window.location.hostname}:${port}/`
    : null;
}

/**
 * Whether the server accepts this page's origin; true when it does not answer.
 *
 * A page cannot see why its socket is refused. Behind a proxy that is not set up it is
 * refused for ever, and waiting would not help.
 */
export async function ownPage(): Promise<boolean> {
  const page = encodeURIComponent(window.location.origin);
  try {
    const data = (await call(`/api/session?page=${page}`)) as SessionAnswer | null;
    return data?.own_page !== false;
  } catch {
    return true;
  }
}

/** Trades the token of a one-time link for a session cookie. */
export async function signIn(token: string): Promise<void> {
  await call('/api/sign-in', { token });
}

export async function signOut(): Promise<void> {
  await call('/api/sign-out', {});
}
