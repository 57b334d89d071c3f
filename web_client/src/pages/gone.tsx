/* The page after the end of a seat: what happened, and what the user can do next. */
import type { JSX } from 'preact';
import { go } from '../navigation/routes';
import { Shell } from '../navigation/shell';
import { Button } from '../design/parts';
import type { EndReason, SeatClient } from '../room/seat/seat_client';
import { isFinal } from '../signaling/errors';
import { t } from '../text';
import { codeText } from '../text/failure';

interface GoneProps {
  seat: SeatClient;
  reason: EndReason;
  by: string | null;
}

const TITLE_KEYS: Readonly<Record<EndReason, string>> = {
  left: 'gone-left-title',
  removed: 'gone-removed-title',
  'taken-over': 'gone-taken-over-title',
  'room-closed': 'gone-room-closed-title',
  'too-slow': 'gone-too-slow-title',
  flooding: 'gone-flooding-title',
  'seat-lost': 'gone-seat-lost-title',
};

const TEXT_KEYS: Readonly<Record<EndReason, string>> = {
  left: 'gone-left-text',
  removed: 'gone-removed-text',
  'taken-over': 'gone-taken-over-text',
  'room-closed': 'gone-room-closed-text',
  'too-slow': 'gone-too-slow-text',
  flooding: 'gone-flooding-text',
  'seat-lost': 'gone-seat-lost-text',
};

export function GonePage({ seat, reason, by }: GoneProps): JSX.Element {
  const canReturn = reason !== 'room-closed' && reason !== 'removed';
  return (
    <Shell narrow message>
      <div class="stack card" data-testid="gone-page" data-reason={reason}>
        <h1>{t(TITLE_KEYS[reason])}</h1>
        <p>{t(TEXT_KEYS[reason], { by: by ?? t('somebody') })}</p>
        <div class="row">
          {canReturn ? (
            <Button kind="primary" testid="come-back" onPress={() => seat.comeBack()}>
              {reason === 'taken-over' ? t('take-over') : t('come-back')}
            </Button>
          ) : null}
          <Button
            kind={canReturn ? undefined : 'primary'}
            testid="go-home"
            onPress={() => go('/')}
          >
            {t('go-home')}
          </Button>
        </div>
      </div>
    </Shell>
  );
}

/** Refusals for which a new link would not help. */
const NO_NEW_LINK = new Set(['invitation-revoked', 'other-origin']);

/** The server refused the connection: a withdrawn link, a closed room. */
export function RefusedPage(props: { code: string; message: string }): JSX.Element {
  const final = isFinal(props.code);
  return (
    <Shell narrow message>
      <div class="stack card" data-testid="refused-page" data-code={props.code}>
        <h1>{t('refused-title')}</h1>
        <p>{codeText(props.code, props.message)}</p>
        {NO_NEW_LINK.has(props.code) ? null : <p class="soft">{t('refused-next')}</p>}
        <div class="row">
          {final ? null : (
            <Button kind="primary" onPress={() => window.location.reload()}>
              {t('try-again')}
            </Button>
          )}
          <Button kind={final ? 'primary' : undefined} onPress={() => go('/')}>
            {t('go-home')}
          </Button>
        </div>
      </div>
    </Shell>
  );
}
