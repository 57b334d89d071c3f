/* A menu over the bar, which closes on a press outside or when the focus leaves. */
import type { Signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { LucideIcon } from 'lucide-preact';

interface ChoiceProps {
  icon: LucideIcon;
  title: string;
  /** The effect of the choice, in a second line. */
  text?: string;
  keys?: string;
  testid: string;
  onPress: () => void;
}

export function Choice(props: ChoiceProps): JSX.Element {
  const { icon: Icon, title, text, keys, testid, onPress } = props;
  return (
    <li>
      <button
        type="button"
        class="choice"
        aria-keyshortcuts={keys}
        data-testid={testid}
        onClick={onPress}
      >
        <Icon aria-hidden="true" />
        <span>
          <span class="block">{title}</span>
          {text ? <span class="block soft small">{text}</span> : null}
        </span>
      </button>
    </li>
  );
}

/** Moves the focus among the choices with arrow keys; Tab works as usual. */
function byArrows(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !list) return;
  const items = [...list.querySelectorAll('button')];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  items[(at + step + items.length) % items.length]?.focus();
  event.preventDefault();
}

interface PopupProps {
  open: Signal<boolean>;
  /**
   * The `data-opens` of the buttons that open it: pressing one does not count as a
   * press outside.
   */
  name: string;
  label: string;
  /** Aligned with the end of the bar, not with its start. */
  end?: boolean;
  testid: string;
  children: ComponentChildren;
}

export function Popup(props: PopupProps): JSX.Element {
  const { open, name, label, end = false, testid, children } = props;
  const menu = useRef<HTMLDivElement>(null);
  // Before it is painted: a key pressed at once must reach the menu.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const opener = `[data-opens~="${name}"]`;
    const inside = (target: EventTarget | null): boolean =>
      target instanceof Element &&
      (menu.current?.contains(target) || target.closest(opener) !== null);
    const close = (): void => {
      open.value = false;
    };
    const pointed = (event: Event): void => {
      if (!inside(event.target)) close();
    };
    const escaped = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close();
    };
    menu.current?.querySelector('button')?.focus();
    window.addEventListener('pointerdown', pointed);
    window.addEventListener('focusin', pointed);
    window.addEventListener('keydown', escaped);
    return () => {
      window.removeEventListener('pointerdown', pointed);
      window.removeEventListener('focusin', pointed);
      window.removeEventListener('keydown', escaped);
      // Returns the focus to where it was before.
      const lost = document.activeElement;
      const gone = lost === document.body || lost === null;
      if (!gone && !menu.current?.contains(lost)) return;
      const back =
        before instanceof HTMLElement && before.isConnected
          ? before
          : document.querySelector<HTMLElement>(opener);
      back?.focus();
    };
  }, [open, name]);
  return (
    <div
      ref={menu}
      class={end ? 'popup end card' : 'popup card'}
      role="group"
      aria-label={label}
      data-testid={testid}
      onKeyDown={(event) => byArrows(event, menu.current)}
    >
      {children}
    </div>
  );
}
