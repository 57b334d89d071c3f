/*
 * Letters that our own fonts lack: in names, messages and text fields.
 *
 * Their fonts come in slices by Unicode range, of which a browser loads those it shows;
 * but the rules of the slices alone have 24 kB, and most visits need none.
 */
import { COVERED } from './fonts/covered';

const UNCOVERED = new RegExp(`[^\\u0000-\\u007e\\u00a0${COVERED}]`, 'u');

/** Whether a text has letters that our own fonts do not have. */
export const needsSlices = (text: string | null | undefined): boolean =>
  UNCOVERED.test(text ?? '');

/** Whether a part of the page shows such letters, in its text or in a field. */
function holdsOthers(node: Node): boolean {
  if (needsSlices(node.textContent)) return true;
  if (!(node instanceof Element)) return false;
  const fields = node.querySelectorAll<HTMLInputElement>('input, textarea');
  return [...fields].some((field) => needsSlices(field.value));
}

/** Loads the rules of the slices when the page first shows or takes such letters. */
export function followScripts(): void {
  const load = (): void => {
    observer.disconnect();
    document.removeEventListener('input', typed);
    // Without them the system's own fonts are shown.
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
