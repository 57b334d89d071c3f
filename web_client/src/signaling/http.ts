/* The HTTP requests of an account: whether it is signed in, signing in and out. */
import { within } from '../deadline';
import { CodedError, codedErrorFrom, NoAnswer } from './errors';

/**
 * How long to wait for one answer. Lower: requests fail on slow links; higher: failures
 * show later.
 */
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

interface AccountAnswer {
  signed_in?: unknown;
  trust_port?: unknown;
  own_page?: unknown;
}

/** Whether this browser is signed in as a moderator. */
export async function signedIn(): Promise<boolean> {
  const data = (await call('/api/account')) as AccountAnswer | null;
  return data?.signed_in === true;
}

/**
 * The address of the page that explains how to trust this site; null: there is none.
 */
export async function trustPage(): Promise<string | null> {
  const data = (await call('/api/account')) as AccountAnswer | null;
  const port = data?.trust_port;
  return typeof port === 'number' && port > 0
    ? `http://${window.location.hostname}:${port}/`
    : null;
}

/**
 * Whether the server accepts this page's origin; true when it does not answer.
 *
 * A page cannot see why its socket is refused. Behind a proxy
 * that is not set up every attempt is refused, so that waiting does not help.
 */
export async function ownPage(): Promise<boolean> {
  const page = encodeURIComponent(window.location.origin);
  try {
    const data = (await call(`/api/account?page=${page}`)) as AccountAnswer | null;
    return data?.own_page !== false;
  } catch {
    return true;
  }
}

/** Exchanges the token of a one-time link for the cookie of a sign-in. */
export async function signIn(token: string): Promise<void> {
  await call('/api/sign-in', { token });
}

export async function signOut(): Promise<void> {
  await call('/api/sign-out', {});
}
