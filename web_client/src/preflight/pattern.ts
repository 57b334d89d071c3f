/*
 * A picture that no encoder can compress well: the bitrate sent is then the capacity of
 * the link, or the most that a camera may send.
 */

const SIZE = { width: 640, height: 360 };
const FPS = 20;
const GRAIN = 4; // pixels. Lower: scaling smooths the noise away before it is encoded

/** Grey noise, larger than the picture, which shows random parts of it. */
function noise(): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas');
  canvas.width = (SIZE.width * 2) / GRAIN;
  canvas.height = (SIZE.height * 2) / GRAIN;
  const context = canvas.getContext('2d');
  if (!context) return null;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let at = 0; at < image.data.length; at += 4) {
    image.data.fill(Math.floor(Math.random() * 256), at, at + 3);
    image.data[at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/**
 * Draws until the returned `stop` is called; null: the browser cannot capture a canvas.
 */
export function movingPattern(): { track: MediaStreamTrack; stop: () => void } | null {
  const source = noise();
  const canvas = document.createElement('canvas');
  canvas.width = SIZE.width;
  canvas.height = SIZE.height;
  const context = canvas.getContext('2d');
  if (!context || !source) return null;
  context.imageSmoothingEnabled = false;
  const width = SIZE.width / GRAIN;
  const height = SIZE.height / GRAIN;
  const draw = (): void => {
    const x = Math.floor(Math.random() * (source.width - width));
    const y = Math.floor(Math.random() * (source.height - height));
    context.drawImage(source, x, y, width, height, 0, 0, SIZE.width, SIZE.height);
  };
  draw();
  const timer = setInterval(draw, 1000 / FPS);
  const [track] = canvas.captureStream(FPS).getVideoTracks();
  const stop = (): void => {
    clearInterval(timer);
    track?.stop();
  };
  if (track) return { track, stop };
  stop();
  return null;
}
