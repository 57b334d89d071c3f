/*
 * Opens microphone, camera and screen with the constraints we publish with.
 *
 * A chosen device is asked for exactly: as a mere wish (`ideal`) Chromium gives the
 * default one in its place. When it is not there, another one is opened, and that is said.
 */
import type { Style } from './layers';
import { captureProblem } from './problems';
import { SETTING_WITHIN_MS, within } from '../deadline';

const CAMERA_SIZE = { width: { ideal: 1280 }, height: { ideal: 720 } };
const CAMERA_FPS = 30; // more costs encoder time that talking heads do not need
/** Frame rates for text and for films: needless frames cost a slow PC most. */
const SCREEN_FPS: Readonly<Record<Style, number>> = { sharp: 8, motion: 30 };
const DOCUMENT_SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 } };

/** An own device that was opened. */
export interface Opened {
  readonly track: MediaStreamTrack;
  /** A device was chosen and is not there: this is another one. */
  readonly instead: boolean;
}

function chosen(deviceId: string): { deviceId?: ConstrainDOMString } {
  return deviceId === '' ? {} : { deviceId: { exact: deviceId } };
}

/** Whether the browser says that a device is not there. */
const absent = (error: unknown): boolean => captureProblem(error) === 'absent';

/** Opens the chosen device, or any one when the chosen one is not there. */
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

/** Both own devices at once. */
export interface Both {
  readonly microphone: Opened;
  readonly camera: Opened;
}

/** Asks for both in one question; fails when either cannot be had. */
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
  // One of them is not there, the browser does not say which. Still one question: any
  // two, and then each chosen one by itself, for which no question is due any more.
  const any = await bothTracks('', '');
  const microphone = await exchanged(any.microphone, microphoneId, microphoneTrack);
  return {
    microphone,
    camera: await exchanged(any.camera, cameraId, cameraTrack),
  };
}

/** The chosen device in place of the one that is open, if it is there. */
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
  /** Null where the browser or the person gave no sound. */
  readonly audio: MediaStreamTrack | null;
}

export async function openScreen(style: Style): Promise<ScreenCapture> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { max: SCREEN_FPS.motion } },
    // The sound of a film is neither to be cleaned nor to be levelled nor mixed down.
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
