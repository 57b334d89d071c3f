/*
 * Opens microphone, camera and screen with the constraints we publish with.
 *
 * A chosen device is requested with `exact`: with `ideal` Chromium may open the default
 * device instead. When the chosen one is missing, another is opened, and the user is
 * informed.
 */
import type { Style } from './layers';
import { captureProblem } from './problems';
import { SETTING_WITHIN_MS, within } from '../deadline';

const CAMERA_SIZE = { width: { ideal: 1280 }, height: { ideal: 720 } };
const CAMERA_FPS = 30; // more costs encoder time that talking heads do not need
/** Frame rates for text and for films: needless frames cost a slow PC most. */
const SCREEN_FPS: Readonly<Record<Style, number>> = { sharp: 8, motion: 30 };
const DOCUMENT_SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 } };

/** A microphone or camera that was opened. */
export interface Opened {
  readonly track: MediaStreamTrack;
  /** The chosen device is missing; this is another one. */
  readonly instead: boolean;
}

function chosen(deviceId: string): { deviceId?: ConstrainDOMString } {
  return deviceId === '' ? {} : { deviceId: { exact: deviceId } };
}

/** Whether the browser reports that a device is missing. */
const absent = (error: unknown): boolean => captureProblem(error) === 'absent';

/** Opens the chosen device, or any other if that is missing. */
async function chosenOrAny(
  deviceId: string,
  open: (deviceId: string) => Promise<MediaStreamTrack>,
): Promise<Opened> {
  try {
    return { track: await open(deviceId), instead: false };
  } catch (error) {
    if (deviceId === '' || !absent(error)) throw error;
    return { track: await open(''), instead: true };
  }
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

async function microphoneTrack(deviceId: string): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: microphoneWishes(deviceId),
  });
  return hinted(onlyTrack(stream, 'audio'), 'speech');
}

async function cameraTrack(deviceId: string): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: cameraWishes(deviceId),
  });
  return hinted(onlyTrack(stream, 'video'), 'motion');
}

export async function openMicrophone(deviceId: string): Promise<Opened> {
  return chosenOrAny(deviceId, microphoneTrack);
}

export async function openCamera(deviceId: string): Promise<Opened> {
  return chosenOrAny(deviceId, cameraTrack);
}

/** Microphone and camera, opened together. */
export interface Both {
  readonly microphone: Opened;
  readonly camera: Opened;
}

/** Requests both with a single permission prompt; fails if either cannot be opened. */
export async function openMicrophoneAndCamera(
  microphoneId: string,
  cameraId: string,
): Promise<Both> {
  try {
    const both = await bothTracks(microphoneId, cameraId);
    return {
      microphone: { track: both.microphone, instead: false },
      camera: { track: both.camera, instead: false },
    };
  } catch (error) {
    if ((microphoneId === '' && cameraId === '') || !absent(error)) throw error;
  }
  // One of them is missing, and the browser does not say which. To keep a single
  // prompt, open any two, then each chosen one: permission has been given by then.
  const any = await bothTracks('', '');
  const microphone = await exchanged(any.microphone, microphoneId, microphoneTrack);
  return {
    microphone,
    camera: await exchanged(any.camera, cameraId, cameraTrack),
  };
}

/** Replaces the open device by the chosen one if that can be opened. */
async function exchanged(
  track: MediaStreamTrack,
  deviceId: string,
  open: (deviceId: string) => Promise<MediaStreamTrack>,
): Promise<Opened> {
  if (deviceId === '' || track.getSettings().deviceId === deviceId) {
    return { track, instead: false };
  }
  try {
    const right = await open(deviceId);
    track.stop();
    return { track: right, instead: false };
  } catch {
    return { track, instead: true };
  }
}

async function bothTracks(
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
  /** Null if the browser cannot capture sound, or the user did not share it. */
  readonly audio: MediaStreamTrack | null;
}

export async function openScreen(style: Style): Promise<ScreenCapture> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { max: SCREEN_FPS.motion } },
    // Processing meant for voices would damage the sound of a film.
    audio: {
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
      channelCount: { ideal: 2 },
    },
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
      // Exact: another camera in its place would show an unintended picture.
      deviceId: { exact: deviceId },
      ...DOCUMENT_SIZE,
      frameRate: { max: SCREEN_FPS.motion },
    },
  });
  const video = onlyTrack(stream, 'video');
  await restyle(video, style);
  return video;
}

/** Adapts a shared picture to text or to motion; possible at any time. */
export async function restyle(track: MediaStreamTrack, style: Style): Promise<void> {
  hinted(track, style === 'sharp' ? 'detail' : 'motion');
  try {
    const frameRate = { max: SCREEN_FPS[style] };
    await within(
      SETTING_WITHIN_MS,
      track.applyConstraints({ ...track.getConstraints(), frameRate }),
    );
  } catch {
    // The encoder then drops the frames that the device delivers in excess.
  }
}
