/* What the user is informed of about the own shared picture. Pure. */

/** The text for a shared screen or second camera (`camera`), by its key. */
export function ownShareKey(camera: boolean, lost: boolean): string {
  if (lost) return 'screen-own-lost';
  return camera ? 'screen-own-camera' : 'screen-own';
}
