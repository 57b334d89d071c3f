/* Media queries for components, where a style sheet alone is not enough. */
import { useEffect, useState } from 'preact/hooks';

/** Whether a media query matches; follows the window. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const list = window.matchMedia(query);
    const changed = (): void => setHolds(list.matches);
    changed();
    list.addEventListener('change', changed);
    return () => list.removeEventListener('change', changed);
  }, [query]);
  return holds;
}

/** A touch screen without a mouse: keyboard shortcuts are not mentioned there. */
export const TOUCH = '(hover: none)';

/** A phone, or a window as narrow: the bar has room for six controls. */
export const COMPACT = '(max-width: 640px)';
