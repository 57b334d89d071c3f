/* The error boundary: shows a message in place of a page that failed. */
import { Component, type ComponentChildren } from 'preact';
import { Button } from '../design/parts';
import { t } from '../text';
import { Shell } from './shell';

interface BoundaryProps {
  children: ComponentChildren;
}

export class Boundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  override componentDidCatch(error: unknown): void {
    // Details go to the console: the page itself only says what to do.
    reportError(error);
    this.setState({ failed: true });
  }

  override render(): ComponentChildren {
    if (!this.state.failed) return this.props.children;
    return (
      <Shell narrow message>
        <div class="stack card" role="alert" data-testid="failed-page">
          <h1>{t('failed-title')}</h1>
          <p>{t('failed-text')}</p>
          <Button kind="primary" onPress={() => window.location.reload()}>
            {t('load-again')}
          </Button>
        </div>
      </Shell>
    );
  }
}
