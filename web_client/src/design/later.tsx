/* Parts that most visits never open: their code comes when they are wanted. */
import { useEffect, useState } from 'preact/hooks';

/** What `load` brings; null until it is there. A new attempt at each showing. */
export function useLater<T>(load: () => Promise<T>): T | null {
  const [part, setPart] = useState<T | null>(null);
  useEffect(() => {
    let here = true;
    load().then(
      (loaded) => {
        if (here) setPart(() => loaded);
      },
      // The connection is gone: whoever opens it again tries again.
      () => undefined,
    );
    return () => {
      here = false;
    };
    // Loaded once for each showing: what is loaded never changes.
  }, []);
  return part;
}
