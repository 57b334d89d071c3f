/* The choice of what to receive, for the settings and the connection panel. */
import type { JSX } from 'preact';
import { Select } from '../../design/parts';
import { receive, type Receive } from '../../state/settings';
import { t } from '../../text';

const CHOICES: readonly Receive[] = ['auto', 'saver', 'audio'];

export function ReceiveChoice({ testid }: { testid: string }): JSX.Element {
  return (
    <Select
      label={t('receive')}
      value={receive.value}
      options={CHOICES.map((value) => ({ value, label: t(`receive-${value}`) }))}
      testid={testid}
      onChange={(value) => {
        receive.value = value as Receive;
      }}
    />
  );
}
