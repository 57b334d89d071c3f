/* The cause why a microphone, camera or screen cannot be opened. */

export type CaptureProblem =
  | 'insecure' // the page is not a secure context: browsers give no devices
  | 'unsupported' // the browser has no such capture
  | 'denied' // denied by the user or by a policy
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

/** A problem known before the browser is asked; null: none. */
export function captureObstacle(): CaptureProblem | null {
  if (!window.isSecureContext) return 'insecure';
  if (!navigator.mediaDevices?.getUserMedia) return 'unsupported';
  return null;
}

export function canShareScreen(): boolean {
  return window.isSecureContext && !!navigator.mediaDevices?.getDisplayMedia;
}
