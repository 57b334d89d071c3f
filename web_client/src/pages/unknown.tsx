/* The page for unknown addresses, most often of links that were not copied completely. */
import type { JSX } from 'preact';
import { go } from '../navigation/routes';
import { Shell } from '../navigation/shell';
import { Button } from '../design/parts';
import { t } from '../text';

export function UnknownPage(): JSX.Element {
  return (
    <Shell narrow message>
      <div class="stack card" data-testid="unknown-page">
        <h1>{t('unknown-title')}</h1>
        <p>{t('unknown-text')}</p>
        <Button kind="primary" onPress={() => go('/')}>
          {t('go-home')}
        </Button>
      </div>
    </Shell>
  );
}
