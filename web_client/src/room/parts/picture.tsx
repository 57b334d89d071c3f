/* A video element for one track. It is always muted: `Sound` plays the voices. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { keepPlaying } from '../../media/playing';

interface PictureProps {
  track: MediaStreamTrack;
  label: string;
  mirrored?: boolean;
  /** The picture must not be cropped (a screen, not a face). */
  whole?: boolean;
  onFrame?: () => void;
  /** Called with the ratio of width to height whenever it changes; 0: no picture. */
  onRatio?: (ratio: number) => void;
}

export function Picture(props: PictureProps): JSX.Element {
  const { track, label, mirrored = false, whole = false, onFrame, onRatio } = props;
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    video.srcObject = new MediaStream([track]);
    const stop = keepPlaying(video);
    return () => {
      stop();
      video.srcObject = null;
    };
  }, [track]);
  useEffect(() => {
    const video = element.current;
    if (!video || !onFrame) return;
    if (!('requestVideoFrameCallback' in video)) {
      (video as HTMLVideoElement).addEventListener('loadeddata', onFrame, {
        once: true,
      });
      return;
    }
    const handle = video.requestVideoFrameCallback(onFrame);
    return () => video.cancelVideoFrameCallback(handle);
  }, [track, onFrame]);
  useEffect(() => {
    const video = element.current;
    if (!video || !onRatio) return;
    const report = (): void => {
      if (video.videoHeight > 0) onRatio(video.videoWidth / video.videoHeight);
    };
    report();
    video.addEventListener('resize', report);
    return () => {
      video.removeEventListener('resize', report);
      onRatio(0);
    };
  }, [track, onRatio]);
  const names = ['picture', mirrored && 'mirrored', whole && 'whole'];
  return (
    <video
      ref={element}
      class={names.filter(Boolean).join(' ')}
      aria-label={label}
      muted
      autoplay
      playsInline
    />
  );
}
