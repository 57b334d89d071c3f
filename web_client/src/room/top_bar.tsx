/* Title, how many are here, how good the connection is, language and theme. */
import type { JSX } from 'preact';
import { Preferences } from '../app/preferences';
import { Bars } from '../design/parts';
import type { Quality } from '../media/quality';
import { t } from '../text';
import type { RoomSession } from './session';

const LEVEL_KEYS = [
  'quality-none',
  'quality-bad',
  'quality-weak',
  'quality-fair',
  'quality-good',
] as const;

export const levelText = (level: number): string =>
  t(LEVEL_KEYS[level] ?? 'quality-none');

function qualityText(quality: Quality): string {
  const loss = Math.round(quality.loss * 100);
  return quality.rttMs === null
    ? levelText(quality.level)
    : t('quality-detail', {
        level: levelText(quality.level),
        rtt: quality.rttMs,
        loss,
      });
}

export function TopBar({ session }: { session: RoomSession }): JSX.Element {
  const room = session.view.value?.room;
  const count = session.view.value?.participants.size ?? 0;
  // What was measured last says nothing about a connection that is lost.
  const lost = session.missingSince.value !== null;
  const quality = lost ? null : (session.health?.quality.value ?? null);
  return (
    <header class="top-bar">
      <div class="grow">
        <h1 class="cut" title={room?.title} data-testid="room-title">
          {room?.title}
        </h1>
        <p class="soft small cut">
          <span class="numbers">{t('present-count', { count })}</span> ·{' '}
          {room?.organisation}
        </p>
      </div>
      <span data-testid="quality" data-level={quality?.level}>
        {quality ? <Bars level={quality.level} text={qualityText(quality)} /> : null}
        {lost ? <Bars level={null} text={t('quality-unknown')} /> : null}
      </span>
      <Preferences compact />
    </header>
  );
}
