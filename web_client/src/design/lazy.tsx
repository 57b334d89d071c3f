/* Loads the code of rarely used parts on demand. */
import { useEffect, useState } from 'preact/hooks';
import { LOAD_WITHIN_MS, within } from '../deadline';

/**
 * The result of `load`; null until it is loaded. Loads again for each mount; `failed` is
 * called when loading fails.
 */
export function useLazy<T>(load: () => Promise<T>, failed: () => void): T | null {
  const [part, setPart] = useState<T | null>(null);
  useEffect(() => {
    let here = true;
    within(LOAD_WITHIN_MS, load()).then(
      (loaded) => {
        if (here) setPart(() => loaded);
      },
      // The connection is lost, or the server has a newer version of the client.
      () => {
        if (here) failed();
      },
    );
    return () => {
      here = false;
    };
    // Loaded once for each mount: the loaded code never changes.
  }, []);
  return part;
}
