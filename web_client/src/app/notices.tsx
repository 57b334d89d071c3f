/* Where short notices appear; one polite region, so that readers say each once. */
import type { JSX } from 'preact';
import { X } from 'lucide-preact';
import { Button } from '../design/parts';
import { dismiss, notices } from '../state/notices';
import { t } from '../text';

export function Notices(): JSX.Element {
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
