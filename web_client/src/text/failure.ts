/* A failed request as a sentence for people. */
import { CodedError } from '../signaling/errors';
import { has, t } from '.';

/** The sentence for a code of the server; its own English where we have none. */
export function codeText(code: string, message: string): string {
  const key = `error-${code}`;
  return has(key) ? t(key) : message;
}

export function failureText(error: unknown): string {
  return error instanceof CodedError
    ? codeText(error.code, error.message)
    : t('error-no-answer');
}
