/*
 * Deadlines for promises that may never settle.
 *
 * Promises of a peer connection that is closed meanwhile never settle: the specification
 * aborts their steps (WebRTC §4.4.1.2; getStats of Firefox behaves the same). A driver, a
 * sound system or a network may not answer either. So only the user's answers are awaited
 * without a deadline.
 */

/** There was no answer within the deadline. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/**
 * For a step of a negotiation. Lower: the steps of a busy computer fail; higher:
 * outages last longer.
 */
export const STEP_WITHIN_MS = 8000;

/**
 * For loading a part of this client. Lower: fails on slow links; higher: failures show
 * later.
 */
export const LOAD_WITHIN_MS = 20_000;

/** For a small setting of a device, a track or an element. */
export const SETTING_WITHIN_MS = 2000;

/**
 * Waits for `asked`, but not longer than `ms`, nor after `ended` is aborted.
 *
 * Throws `Unanswered` then; a later result of `asked` is ignored.
 */
export async function within<T>(
  ms: number,
  asked: Promise<T>,
  ended?: AbortSignal,
): Promise<T> {
  let giveUp: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    giveUp = () => reject(new Unanswered(`no answer in ${ms} ms`));
  });
  const timer = setTimeout(giveUp, ms);
  ended?.addEventListener('abort', giveUp);
  if (ended?.aborted) giveUp();
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
    ended?.removeEventListener('abort', giveUp);
  }
}
