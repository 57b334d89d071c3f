/* The bars of the connection's quality, as a button that opens the connection panel. */
import type { JSX } from 'preact';
import { Bars, Button } from '../../design/parts';
import { t } from '../../text';
import type { RoomProps } from '../seat/props';
import { qualityText } from './quality_text';

export function ConnectionButton(props: RoomProps & { testid: string }): JSX.Element {
  const { seat, controls, testid } = props;
  // The last figures do not apply to a lost connection.
  const lost = seat.missingSince.value !== null;
  const quality = lost ? null : (seat.health?.quality.value ?? null);
  const text = quality ? qualityText(quality) : t('quality-unknown');
  return (
    <Button
      kind="plain"
      iconOnly
      label={lost || quality ? `${t('connection')}: ${text}` : t('connection')}
      testid={testid}
      onPress={() => {
        controls.dialog.value = 'connection';
      }}
    >
      <Bars level={quality?.level ?? null} text="" />
    </Button>
  );
}
