/* Short notices, in one polite live region so that screen readers read each once. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { X } from 'lucide-preact';
import { Button } from '../design/parts';
import { dismiss, notices } from '../state/notices';
import { t } from '../text';

/**
 * Number of places within the page that show notices; above 0 the global one is hidden.
 */
const placed = signal(0);

/** Notices of all pages without a place of their own for them. */
export function Notices(): JSX.Element | null {
  return placed.value > 0 ? null : <List />;
}

/** Notices at a place within a page, where they cover nothing important. */
export function PlacedNotices(): JSX.Element {
  useLayoutEffect(() => {
    placed.value += 1;
    return () => {
      placed.value -= 1;
    };
  }, []);
  return <List />;
}

function List(): JSX.Element {
  return (
    <div class="notices" role="status" aria-live="polite" data-testid="notices">
      {notices.value.map((notice) => (
        <div class="notice" key={notice.id} data-testid="notice">
          <span class="grow">{notice.text}</span>
          {notice.action ? (
            <Button
              kind="primary"
              testid="notice-action"
              onPress={() => {
                notice.action?.run();
                dismiss(notice.id);
              }}
            >
              {notice.action.label}
            </Button>
          ) : null}
          <Button
            kind="plain"
            iconOnly
            label={t('dismiss')}
            onPress={() => dismiss(notice.id)}
          >
            <X aria-hidden="true" />
          </Button>
        </div>
      ))}
    </div>
  );
}
