/* The frame of every page but the room: name, preferences, content. */
import type { ComponentChildren, JSX } from 'preact';
import { t } from '../text';
import { Preferences } from './preferences';
import { go } from './routes';

interface ShellProps {
  children: ComponentChildren;
  narrow?: boolean;
  actions?: ComponentChildren;
}

export function Shell({ children, narrow = false, actions }: ShellProps): JSX.Element {
  return (
    <div class="shell">
      <header class="shell-head">
        <a
          class="brand"
          href="/"
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            go('/');
          }}
        >
          <img src="/favicon.svg" alt="" width="28" height="28" />
          <span>{t('product')}</span>
        </a>
        <div class="row tight">
          {actions}
          <Preferences />
        </div>
      </header>
      <main class={narrow ? 'shell-main narrow' : 'shell-main'}>{children}</main>
    </div>
  );
}

/** Something is awaited: said only when it takes long enough to be noticed. */
export function Waiting({ text }: { text: string }): JSX.Element {
  return (
    <p class="waiting" role="status" data-testid="waiting">
      {text}
    </p>
  );
}
