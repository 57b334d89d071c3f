/*
 * Deadlines for promises that may never settle.
 *
 * Promises of a peer connection that is closed meanwhile never settle: the
 * specification aborts the steps (WebRTC §4.4.1.2, getStats of Firefox as well). A
 * driver, a sound system or a network may be as silent. So nothing is awaited
 * without a deadline, except answers of the user.
 */

/** No answer within the time that was granted. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** For a step of a negotiation. Lower: a busy computer counts as dead; higher: outages last longer. */
export const STEP_WITHIN_MS = 8000;

/** For loading a part of this client. Lower: fails on slow links; higher: failures show later. */
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
