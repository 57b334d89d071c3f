/* The four bars in words. */
import type { Quality } from '../media/quality';
import { t } from '../text';

const LEVEL_KEYS = [
  'quality-none',
  'quality-bad',
  'quality-weak',
  'quality-fair',
  'quality-good',
] as const;

export const levelText = (level: number): string =>
  t(LEVEL_KEYS[level] ?? 'quality-none');

export function qualityText(quality: Quality): string {
  const loss = Math.round(quality.loss * 100);
  return quality.rttMs === null
    ? levelText(quality.level)
    : t('quality-detail', {
        level: levelText(quality.level),
        rtt: quality.rttMs,
        loss,
      });
}
