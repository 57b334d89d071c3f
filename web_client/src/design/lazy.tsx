/* Parts that most visits never open: their code comes when they are wanted. */
import { useEffect, useState } from 'preact/hooks';
import { LOAD_WITHIN_MS, within } from '../deadline';

/**
 * What `load` brings; null until it is there. A new attempt at each showing; `failed` is
 * called when it does not come.
 */
export function useLazy<T>(load: () => Promise<T>, failed: () => void): T | null {
  const [part, setPart] = useState<T | null>(null);
  useEffect(() => {
    let here = true;
    within(LOAD_WITHIN_MS, load()).then(
      (loaded) => {
        if (here) setPart(() => loaded);
      },
      // The connection is gone, or the server is another one by now.
      () => {
        if (here) failed();
      },
    );
    return () => {
      here = false;
    };
    // Loaded once for each showing: what is loaded never changes.
  }, []);
  return part;
}
