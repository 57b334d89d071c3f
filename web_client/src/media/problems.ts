/* Why a microphone, camera or screen cannot be had, as one of a few causes. */

export type CaptureProblem =
  | 'insecure' // the page is not a secure context: browsers give no devices
  | 'unsupported' // the browser has no such capture
  | 'denied' // the person or a policy said no
  | 'absent' // no such device
  | 'busy' // another program holds it
  | 'failed';

export function captureProblem(error: unknown): CaptureProblem {
  const name =
    error instanceof DOMException || error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'absent';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

/** What is wrong before anything was asked for; null: nothing is. */
export function captureObstacle(): CaptureProblem | null {
  if (!window.isSecureContext) return 'insecure';
  if (!navigator.mediaDevices?.getUserMedia) return 'unsupported';
  return null;
}

export function canShareScreen(): boolean {
  return window.isSecureContext && !!navigator.mediaDevices?.getDisplayMedia;
}
