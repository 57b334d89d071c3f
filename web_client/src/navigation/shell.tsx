/* The frame of every page but the room: name, preferences, content. */
import type { ComponentChildren, JSX } from 'preact';
import { t } from '../text';
import { Preferences } from './preferences';
import { go } from './routes';

interface ShellProps {
  children: ComponentChildren;
  narrow?: boolean;
  /** The page is a single message, shown in the middle. */
  message?: boolean;
  actions?: ComponentChildren;
}

export function Shell(props: ShellProps): JSX.Element {
  const { children, narrow = false, message = false, actions } = props;
  const names = ['shell-main', narrow && 'narrow', message && 'single'];
  return (
    <div class="shell">
      <header class="shell-head">
        <PageLink to="/" class="brand">
          <Mark />
          <span>{t('product')}</span>
        </PageLink>
        <div class="row tight">
          {actions}
          <Preferences />
        </div>
      </header>
      <main class={names.filter(Boolean).join(' ')}>{children}</main>
    </div>
  );
}

/** The logo of /favicon.svg, inline: an image would be fetched a second time. */
function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0a6a6a" />
      <path
        d="M5 14 16 7l11 7v2H5zM8 18h3v7H8zm6.5 0h3v7h-3zM21 18h3v7h-3z"
        fill="#fff"
      />
    </svg>
  );
}

interface PageLinkProps {
  to: string;
  testid?: string;
  class?: string;
  children: ComponentChildren;
}

/** A link to another page of this client, without loading it anew. */
export function PageLink({
  to,
  testid,
  children,
  ...rest
}: PageLinkProps): JSX.Element {
  return (
    <a
      {...rest}
      href={to}
      data-testid={testid}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}

/** A waiting text, shown only when it takes long enough to be noticed. */
export function Waiting({ text }: { text: string }): JSX.Element {
  return (
    <p class="waiting" role="status" data-testid="waiting">
      {text}
    </p>
  );
}
