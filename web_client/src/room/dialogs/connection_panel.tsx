/* The quality of the connection: findings first, figures on demand. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Bars, Button, Dialog, Live } from '../../design/parts';
import { canConnect } from '../../media/ability';
import type { Received, SentLayer } from '../../media/figures';
import { SECTIONS } from '../../media/publisher';
import { SETTING_WITHIN_MS, within } from '../../deadline';
import type { SourceName } from '../../protocol';
import { notify } from '../../state/notices';
import { expectsMedia } from '../../state/room';
import { receive } from '../../state/settings';
import { t } from '../../text';
import { levelText } from '../parts/quality_text';
import { ReceiveChoice } from '../parts/receive_choice';
import type { SeatClient } from '../seat/seat_client';
import {
  lossDown,
  report,
  verdicts,
  mediaState,
  type Known,
  type MediaState,
} from './verdicts';

interface PanelProps {
  seat: SeatClient;
  onClose: () => void;
}

const SOURCE_KEYS: Readonly<Partial<Record<SourceName, string>>> = {
  camera: 'camera',
  screen: 'shared-picture',
};

const percent = (share: number): string =>
  t('percent', { value: Math.round(share * 100) });

export function ConnectionPanel({ seat, onClose }: PanelProps): JSX.Element {
  const lost = seat.missingSince.value !== null;
  const { viewing } = seat;
  const quality = seat.health?.quality.value ?? null;
  const view = seat.view.value;
  const expected = view !== null && expectsMedia(view);
  const media: MediaState = canConnect()
    ? mediaState(lost, quality, viewing.figures.value, expected)
    : { state: 'unable' };
  const known: Known = {
    media,
    link: viewing.link.value,
    strained: viewing.strained.value,
    waitMs: seat.receiving.waitMs.value,
    receive: receive.value,
  };
  const level = lost ? null : (quality?.level ?? null);
  const figures = media.state === 'measured' ? media.figures : null;
  const found = verdicts(known);
  return (
    <Dialog title={t('connection')} onClose={onClose} testid="connection-panel">
      <div class="stack tight" role="status" data-testid="verdicts">
        <p class="row tight">
          <Bars level={level} text="" />
          <strong>
            {quality && !lost
              ? levelText(quality)
              : t(canConnect() ? 'verdict-measuring' : 'no-webrtc')}
          </strong>
        </p>
        <ul class="stack tight">
          {found.map(({ key, args }) => (
            <li key={key} data-verdict={key}>
              <Live text={t(key, args)} />
            </li>
          ))}
        </ul>
      </div>
      <ReceiveChoice testid="panel-receive" />
      {figures ? (
        <dl class="figures numbers" data-testid="figures">
          <dt>{t('figure-rtt')}</dt>
          <dd>
            <Live
              text={
                figures.rttMs === null
                  ? '–'
                  : t('milliseconds', { value: figures.rttMs })
              }
            />
          </dd>
          <dt>{t('figure-loss-down')}</dt>
          <dd>
            <Live text={percent(lossDown(known))} />
          </dd>
          <dt>{t('figure-loss-up')}</dt>
          <dd>
            <Live text={figures.lossUp === null ? '–' : percent(figures.lossUp)} />
          </dd>
          <dt>{t('figure-received')}</dt>
          <dd>
            <Live text={t('kilobits', { value: figures.downKbps })} />
            <Pictures seat={seat} received={figures.received} />
          </dd>
          <dt>{t('figure-sent')}</dt>
          <dd>
            <Live text={t('kilobits', { value: figures.upKbps })} />
            <Layers sent={figures.sent} />
          </dd>
        </dl>
      ) : null}
      <Details text={report(known, level)} />
    </Dialog>
  );
}

/** Each received picture, with the name of its participant. */
function Pictures(props: {
  seat: SeatClient;
  received: readonly Received[];
}): JSX.Element | null {
  const view = props.seat.view.value;
  if (props.received.length === 0) return null;
  return (
    <ul class="soft small" data-testid="received">
      {props.received.map(({ mid, height, fps, kbps }) => {
        const who = view?.slots.get(mid)?.participant;
        const name = (who && view?.participants.get(who)?.name) || '–';
        return <li key={mid}>{t('figure-picture', { name, height, fps, kbps })}</li>;
      })}
    </ul>
  );
}

/** Each size of the user's own pictures that is sent, and what limits it. */
function Layers({ sent }: { sent: readonly SentLayer[] }): JSX.Element | null {
  if (sent.length === 0) return null;
  return (
    <ul class="soft small" data-testid="sent">
      {sent.map(({ mid, rid, height, fps, kbps, limited }) => {
        const source = SECTIONS[Number(mid)]?.source;
        const name = t((source && SOURCE_KEYS[source]) ?? 'camera');
        const held = limited === null ? '' : ` · ${t(`figure-limited-${limited}`)}`;
        return (
          <li key={`${mid}-${rid}`}>
            {t('figure-picture', { name, height, fps, kbps })}
            {held}
          </li>
        );
      })}
    </ul>
  );
}

/** The same as text to be sent to the administrator. */
function Details({ text }: { text: string }): JSX.Element {
  const [open, setOpen] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await within(SETTING_WITHIN_MS, navigator.clipboard.writeText(text));
      notify(t('figures-copied'));
    } catch {
      notify(t('figures-copy-by-hand'));
    }
  };
  return (
    <div class="stack tight">
      <Button expanded={open} testid="details" onPress={() => setOpen(!open)}>
        {t('figures-details')}
      </Button>
      {open ? (
        <>
          <p class="soft small">{t('figures-for-operator')}</p>
          <pre class="report numbers" tabIndex={0} data-testid="report">
            {text}
          </pre>
          <Button testid="copy-figures" onPress={() => void copy()}>
            {t('copy')}
          </Button>
        </>
      ) : null}
    </div>
  );
}
