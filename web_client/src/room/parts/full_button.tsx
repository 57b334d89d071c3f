/* The button on the stage and on the shared picture that shows the picture alone. */
import type { JSX } from 'preact';
import { Maximize, Minimize } from 'lucide-preact';
import { Button } from '../../design/parts';
import { t } from '../../text';
import type { Controls } from '../seat/controls';

export function FullButton({ controls }: { controls: Controls }): JSX.Element {
  const full = controls.full.on.value;
  return (
    <Button
      iconOnly
      label={t(full ? 'full-leave' : 'full-enter')}
      testid="full-stage"
      onPress={() => controls.full.toggle()}
    >
      {full ? <Minimize aria-hidden="true" /> : <Maximize aria-hidden="true" />}
    </Button>
  );
}
