/* Opens microphone, camera and screen with the constraints we publish with. */
import type { Style } from './layers';
import { SETTING_WITHIN_MS, within } from './waiting';

const CAMERA_SIZE = { width: { ideal: 1280 }, height: { ideal: 720 } };
const CAMERA_FPS = 30; // more costs encoder time that talking heads do not need
/** Text is read, films are watched: frames that nobody needs cost a slow PC most. */
const SCREEN_FPS: Readonly<Record<Style, number>> = { sharp: 8, motion: 30 };
const DOCUMENT_SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 } };

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

export async function openScreen(style: Style): Promise<ScreenCapture> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { max: SCREEN_FPS.motion } },
    // The sound of a film is neither to be cleaned nor to be levelled.
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const [audio] = stream.getAudioTracks();
  const video = onlyTrack(stream, 'video');
  await restyle(video, style);
  return { video, audio: audio ? hinted(audio, 'music') : null };
}

/** Opens a second camera, over documents or an experiment. */
export async function openDocumentCamera(
  deviceId: string,
  style: Style,
): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: {
      // Exact: another camera in its place would show what was not meant.
      deviceId: { exact: deviceId },
      ...DOCUMENT_SIZE,
      frameRate: { max: SCREEN_FPS.motion },
    },
  });
  const video = onlyTrack(stream, 'video');
  await restyle(video, style);
  return video;
}

/** Captures a shared picture for reading or for watching; it may change at any time. */
export async function restyle(track: MediaStreamTrack, style: Style): Promise<void> {
  hinted(track, style === 'sharp' ? 'detail' : 'motion');
  try {
    const frameRate = { max: SCREEN_FPS[style] };
    await within(
      SETTING_WITHIN_MS,
      track.applyConstraints({ ...track.getConstraints(), frameRate }),
    );
  } catch {
    // The encoder drops the frames that the device does not leave out.
  }
}
