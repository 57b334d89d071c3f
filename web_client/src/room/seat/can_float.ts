/* Whether this browser shows a picture in a small window over other programs. */

/** A window with a page of ours, or with a picture alone. */
export const canFloat = (): boolean =>
  'documentPictureInPicture' in globalThis ||
  (document.pictureInPictureEnabled === true &&
    'requestPictureInPicture' in HTMLVideoElement.prototype);
