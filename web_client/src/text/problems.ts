/* What is wrong with a device, in one sentence, and what mends it. */
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

export const cameraProblemText = (problem: CaptureProblem): string =>
  t(CAMERA_KEYS[problem]);

export const microphoneProblemText = (problem: CaptureProblem): string =>
  t(MICROPHONE_KEYS[problem]);
