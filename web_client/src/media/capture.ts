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

function microphoneWishes(deviceId: string): MediaTrackConstraints {
  return {
    ...chosen(deviceId),
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  };
}

function cameraWishes(deviceId: string): MediaTrackConstraints {
  return {
    ...chosen(deviceId),
    ...CAMERA_SIZE,
    frameRate: { ideal: CAMERA_FPS, max: CAMERA_FPS },
  };
}

function hinted(track: MediaStreamTrack, hint: string): MediaStreamTrack {
  track.contentHint = hint;
  return track;
}

export async function openMicrophone(deviceId: string): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: microphoneWishes(deviceId),
  });
  return hinted(onlyTrack(stream, 'audio'), 'speech');
}

export async function openCamera(deviceId: string): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: cameraWishes(deviceId),
  });
  return hinted(onlyTrack(stream, 'video'), 'motion');
}

/** Asks for both in one question; fails when either cannot be had. */
export async function openMicrophoneAndCamera(
  microphoneId: string,
  cameraId: string,
): Promise<{ microphone: MediaStreamTrack; camera: MediaStreamTrack }> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: microphoneWishes(microphoneId),
    video: cameraWishes(cameraId),
  });
  return {
    microphone: hinted(onlyTrack(stream, 'audio'), 'speech'),
    camera: hinted(onlyTrack(stream, 'video'), 'motion'),
  };
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
  const [audio] = stream.getAudioTracks();
  return {
    video: hinted(onlyTrack(stream, 'video'), 'detail'),
    audio: audio ? hinted(audio, 'music') : null,
  };
}
