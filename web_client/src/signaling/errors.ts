/* Errors of requests to the server. */

/** A refusal by the server: `code` is stable, `message` is English for people. */
export class CodedError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'CodedError';
    this.code = code;
  }
}

/** Refusals that a new attempt cannot change. */
const FINAL: ReadonlySet<string> = new Set([
  'invitation-revoked',
  'invitation-unknown',
  'room-closed',
  'room-not-found',
]);

/** Whether nobody can enter by this link any more. */
export function isFinal(code: string): boolean {
  return FINAL.has(code);
}

/** No answer came, or there is no connection: the request may be sent again. */
export class NoAnswer extends Error {
  constructor() {
    super('the server did not answer');
    this.name = 'NoAnswer';
  }
}

/** This page itself ended the connection: no message is shown. */
export class LinkClosed extends NoAnswer {}

/** Reads `{code, message}` from an untrusted value; null when it has another form. */
export function codedErrorFrom(data: unknown): CodedError | null {
  if (typeof data !== 'object' || data === null) return null;
  const { code, message } = data as Record<string, unknown>;
  if (typeof code !== 'string') return null;
  return new CodedError(code, typeof message === 'string' ? message : code);
}
