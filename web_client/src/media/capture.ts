/* Opens microphone, camera and screen with the constraints we publish with. */

const CAMERA_SIZE = { width: { ideal: 1280 }, height: { ideal: 720 } };
const CAMERA_FPS = 30; // more costs encoder time that talking heads do not need
const SCREEN_FPS = 30; // slides need 5, films 30; the encoder adapts

function chosen(deviceId: string): { deviceId?: ConstrainDOMString } {
  // `ideal`, not `exact`: a remembered device that is unplugged is no failure.
  return deviceId === '' ? {} : { deviceId: { ideal: deviceId } };
}

function onlyTrack(stream: MediaStream, kind: 'audio' | 'video'): MediaStreamTrack {
  const [track] = kind === 'audio' ? stream.getAudioTracks() : stream.getVideoTracks();
  if (!track) throw new DOMException('no track', 'NotFoundError');
  return track;
}

export async function openMicrophone(deviceId: string): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: {
      ...chosen(deviceId),
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
  });
  const track = onlyTrack(stream, 'audio');
  track.contentHint = 'speech';
  return track;
}

export async function openCamera(deviceId: string): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: {
      ...chosen(deviceId),
      ...CAMERA_SIZE,
      frameRate: { ideal: CAMERA_FPS, max: CAMERA_FPS },
    },
  });
  const track = onlyTrack(stream, 'video');
  track.contentHint = 'motion';
  return track;
}

export interface ScreenCapture {
  readonly video: MediaStreamTrack;
  /** Null where the browser or the person gave no sound. */
  readonly audio: MediaStreamTrack | null;
}

export async function openScreen(): Promise<ScreenCapture> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { max: SCREEN_FPS } },
    // The sound of a film is neither to be cleaned nor to be levelled.
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const video = onlyTrack(stream, 'video');
  video.contentHint = 'detail';
  const audio = stream.getAudioTracks()[0] ?? null;
  if (audio) audio.contentHint = 'music';
  return { video, audio };
}
