/* Keeps the screen of the computer or phone on while the user is in a room. */

/**
 * Holds a wake lock until the returned function is called. Browsers release it
 * whenever the page is hidden: it is requested again when the page is visible.
 */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let ended = false;
  const ask = async (): Promise<void> => {
    if (document.visibilityState !== 'visible' || (lock && !lock.released)) return;
    try {
      // Older browsers have no wake lock; a battery saver refuses it.
      const taken = (await navigator.wakeLock?.request('screen')) ?? null;
      if (ended) void taken?.release().catch(() => undefined);
      else lock = taken;
    } catch {
      // The screen may turn off then; nothing else depends on the lock.
    }
  };
  const seen = (): void => void ask();
  document.addEventListener('visibilitychange', seen);
  void ask();
  return () => {
    ended = true;
    document.removeEventListener('visibilitychange', seen);
    void lock?.release().catch(() => undefined);
  };
}
