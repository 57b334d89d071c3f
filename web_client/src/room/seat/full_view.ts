/*
 * Shows the picture alone: bars, strip and panels are hidden.
 *
 * The whole page becomes full screen, not one element of it, so that notices, dialogs and
 * the chat are visible too. If the browser has no full screen or refuses it, the picture
 * fills the window.
 */
import { signal } from '@preact/signals';

/** Whether a double click was on the picture, and not on a button over it. */
export const onPicture = (event: MouseEvent): boolean =>
  event.target instanceof Element && event.target.closest('button') === null;

export class FullView {
  readonly on = signal(false);

  constructor() {
    document.addEventListener('fullscreenchange', this.#changed);
    window.addEventListener('keydown', this.#escaped);
  }

  toggle(): void {
    if (this.on.value) this.leave();
    else this.enter();
  }

  enter(): void {
    this.on.value = true;
    // Full screen was refused: the picture still fills the window.
    document.documentElement.requestFullscreen?.().catch(() => undefined);
  }

  leave(): void {
    this.on.value = false;
    if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  }

  dispose(): void {
    document.removeEventListener('fullscreenchange', this.#changed);
    window.removeEventListener('keydown', this.#escaped);
    this.leave();
  }

  /** The browser has left full screen by itself. */
  readonly #changed = (): void => {
    if (!document.fullscreenElement) this.on.value = false;
  };

  /**
   * Ends the full view when the picture fills only the window, of which the browser
   * does not know.
   */
  readonly #escaped = (event: KeyboardEvent): void => {
    const busy =
      event.target instanceof Element &&
      event.target.closest('input, textarea, select, dialog, .popup') !== null;
    if (event.key === 'Escape' && !busy && !document.fullscreenElement) {
      this.on.value = false;
    }
  };
}
