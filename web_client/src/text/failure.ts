/* The message to the user about a failed request. */
import { CodedError, LinkClosed, NoAnswer } from '../signaling/errors';
import { notify } from '../state/notices';
import { has, t } from '.';

/** The message for a code of the server; the server's own English if we have none. */
export function codeText(code: string, message: string): string {
  const key = `error-${code}`;
  return has(key) ? t(key) : message;
}

export function failureText(error: unknown): string {
  if (error instanceof CodedError) return codeText(error.code, error.message);
  // An error of this page is not a missing answer of the server.
  return t(error instanceof NoAnswer ? 'error-no-answer' : 'error-here');
}

/** Shows a notice about a failure; none when this page itself ended the connection. */
export function notifyFailure(error: unknown): void {
  if (!(error instanceof LinkClosed)) notify(failureText(error));
}
