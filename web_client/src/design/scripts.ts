/*
 * Characters that our own fonts lack: in names, messages and text fields.
 *
 * Their fonts are split by Unicode range, and a browser loads only the parts it needs; but
 * the CSS rules of these parts alone have 24 kB, and most visits need none.
 */
import { COVERED } from './fonts/covered';

const UNCOVERED = new RegExp(`[^\\u0000-\\u007e\\u00a0${COVERED}]`, 'u');

/** Whether a text has characters that our own fonts lack. */
export const needsSlices = (text: string | null | undefined): boolean =>
  UNCOVERED.test(text ?? '');

/** Whether a part of the page shows such characters, in its text or in a field. */
function holdsOthers(node: Node): boolean {
  if (needsSlices(node.textContent)) return true;
  if (!(node instanceof Element)) return false;
  const fields = node.querySelectorAll<HTMLInputElement>('input, textarea');
  return [...fields].some((field) => needsSlices(field.value));
}

/** Loads the rules when such characters are first shown or typed. */
export function followScripts(): void {
  const load = (): void => {
    observer.disconnect();
    document.removeEventListener('input', typed);
    // Without them the system's own fonts are used.
    void import('./fonts.css').catch(() => undefined);
  };
  const typed = (event: Event): void => {
    const field = event.target as HTMLInputElement | HTMLTextAreaElement;
    if (needsSlices(field.value)) load();
  };
  const observer = new MutationObserver((changes) => {
    const shown = changes.some(({ target, addedNodes }) =>
      addedNodes.length > 0
        ? [...addedNodes].some(holdsOthers)
        : needsSlices(target.textContent),
    );
    if (shown) load();
  });
  observer.observe(document.body, {
    childList: true,
    subtree: true,
    characterData: true,
  });
  document.addEventListener('input', typed);
}
