/* The message about a problem with a device, with advice how to solve it. */
import type { CaptureProblem } from '../media/problems';
import { t } from '.';

const CAMERA_KEYS: Readonly<Record<CaptureProblem, string>> = {
  insecure: 'problem-insecure',
  unsupported: 'problem-unsupported',
  denied: 'problem-camera-denied',
  absent: 'problem-camera-absent',
  busy: 'problem-camera-busy',
  failed: 'problem-camera-failed',
};

const MICROPHONE_KEYS: Readonly<Record<CaptureProblem, string>> = {
  insecure: 'problem-insecure',
  unsupported: 'problem-unsupported',
  denied: 'problem-microphone-denied',
  absent: 'problem-microphone-absent',
  busy: 'problem-microphone-busy',
  failed: 'problem-microphone-failed',
};

/** One sentence for each problem; one for both devices where they share it. */
export function problemTexts(
  camera: CaptureProblem | null,
  microphone: CaptureProblem | null,
): readonly string[] {
  if (camera === 'denied' && microphone === 'denied') return [t('problem-both-denied')];
  if (camera === 'absent' && microphone === 'absent') return [t('problem-both-absent')];
  const texts = [
    camera ? cameraProblemText(camera) : null,
    microphone ? microphoneProblemText(microphone) : null,
  ];
  return [...new Set(texts.filter((text) => text !== null))];
}

export const cameraProblemText = (problem: CaptureProblem): string =>
  t(CAMERA_KEYS[problem]);

export const microphoneProblemText = (problem: CaptureProblem): string =>
  t(MICROPHONE_KEYS[problem]);
