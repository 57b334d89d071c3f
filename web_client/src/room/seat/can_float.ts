/* Whether this browser can show a small window over other programs. */

/** The window may contain a page of ours, or only a picture. */
export const canFloat = (): boolean =>
  'documentPictureInPicture' in globalThis ||
  (document.pictureInPictureEnabled === true &&
    'requestPictureInPicture' in HTMLVideoElement.prototype);
