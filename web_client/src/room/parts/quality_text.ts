/* The four bars in words. */
import type { Measured, Quality, Trouble } from '../../media/quality';
import { t } from '../../text';

const LEVEL_KEYS: Readonly<Record<Measured['level'], string>> = {
  1: 'quality-bad',
  2: 'quality-weak',
  3: 'quality-fair',
  4: 'quality-good',
};

const TROUBLE_KEYS: Readonly<Record<Trouble['trouble'], string>> = {
  'receive-down': 'quality-none',
  'send-down': 'quality-send-down',
  silent: 'quality-silent',
};

export const levelText = (quality: Quality): string =>
  t(quality.trouble ? TROUBLE_KEYS[quality.trouble] : LEVEL_KEYS[quality.level]);

export function qualityText(quality: Quality): string {
  if (quality.trouble !== null || quality.rttMs === null) return levelText(quality);
  return t('quality-detail', {
    level: levelText(quality),
    rtt: quality.rttMs,
    loss: Math.round(quality.loss * 100),
  });
}
