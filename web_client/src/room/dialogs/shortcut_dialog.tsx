/* The list behind `?`, made from the table that the handlers use. */
import type { JSX } from 'preact';
import { Fragment } from 'preact';
import { Dialog } from '../../design/parts';
import { t } from '../../text';
import { SHORTCUTS } from '../seat/shortcuts';

export function ShortcutDialog({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t('shortcuts')} onClose={onClose} testid="shortcuts-dialog">
      <dl class="keys">
        {SHORTCUTS.map((shortcut) => (
          <Fragment key={shortcut.name}>
            <dt>
              {shortcut.keys.map(({ shown }) => (
                <kbd key={shown}>{shown}</kbd>
              ))}
            </dt>
            <dd>{t(shortcut.text)}</dd>
          </Fragment>
        ))}
      </dl>
      <p class="soft small">{t('shortcuts-help')}</p>
    </Dialog>
  );
}
