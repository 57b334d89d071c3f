/* The three plain requests of an account: who am I, sign in, sign out. */
import { CodedError, codedErrorFrom, NoAnswer } from './errors';

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
    response = await fetch(path, { credentials: 'same-origin', ...sending });
  } catch {
    throw new NoAnswer();
  }
  const data: unknown = await response.json().catch(() => null);
  if (response.ok) return data;
  const inner = (data as { error?: unknown } | null)?.error ?? data;
  throw (
    codedErrorFrom(inner) ??
    new CodedError(`http-${response.status}`, response.statusText)
  );
}

/** Whether this browser is signed in as a moderator. */
export async function signedIn(): Promise<boolean> {
  const data = await call('/api/session');
  return (data as { signed_in?: unknown } | null)?.signed_in === true;
}

/** Trades the token of a one-time link for a session cookie. */
export async function signIn(token: string): Promise<void> {
  await call('/api/sign-in', { token });
}

export async function signOut(): Promise<void> {
  await call('/api/sign-out', {});
}
