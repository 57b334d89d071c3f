/*
 * The room in a small window over other programs (picture in picture): the stage, and the
 * user's microphone.
 *
 * If the browser can show a page in such a window, it is a small page of ours; if it can
 * show only a picture, the browser's own buttons mute the microphone.
 */
import { effect } from '@preact/signals';
import { render, type JSX } from 'preact';
import { Mic, MicOff, PictureInPicture2 } from 'lucide-preact';
import { Button } from '../../design/parts';
import { canConnect } from '../../media/ability';
import { t } from '../../text';
import { mainPicture } from './main_picture';
import { Picture } from '../parts/picture';
import type { RoomProps } from '../seat/props';
import { initials } from '../../state/initials';

interface FloatingWindows {
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}

const SIZE = { width: 420, height: 290 };

/**
 * Opens the window and settles when it is open; `closed` is called when it is closed.
 */
export async function openFloating(
  room: RoomProps,
  closed: () => void,
): Promise<() => void> {
  const windows = (globalThis as { documentPictureInPicture?: FloatingWindows })
    .documentPictureInPicture;
  return windows
    ? openPage(await windows.requestWindow(SIZE), room, closed)
    : openPicture(room, closed);
}

function openPage(small: Window, room: RoomProps, closed: () => void): () => void {
  const { document: page } = small;
  for (const style of document.querySelectorAll('link[rel="stylesheet"], style')) {
    page.head.append(page.importNode(style, true));
  }
  const { dataset, lang } = document.documentElement;
  page.documentElement.lang = lang;
  page.documentElement.dataset.theme = dataset.theme ?? 'auto';
  page.title = document.title;
  render(<FloatingPage {...room} close={() => small.close()} />, page.body);
  small.addEventListener('pagehide', () => {
    render(null, page.body);
    closed();
  });
  return () => small.close();
}

function FloatingPage(props: RoomProps & { close: () => void }): JSX.Element {
  const { seat, controls, close } = props;
  const { local } = seat;
  const shown = mainPicture(seat);
  const on = local.microphoneOn.value;
  return (
    <main class="floating on-stage" data-testid="floating">
      <div class="floating-picture">
        {shown?.track ? (
          <Picture track={shown.track} label={shown.label} whole />
        ) : (
          <div class="avatar" role="img" aria-label={shown?.name ?? t('stage-empty')}>
            <span>{shown ? initials(shown.name) : '–'}</span>
          </div>
        )}
      </div>
      <p class="cut small">{shown?.name}</p>
      <div class="row tight">
        {seat.may('media.publish') && canConnect() ? (
          <Button
            pressed={on}
            testid="floating-microphone"
            onPress={() => void controls.toggleMicrophone()}
          >
            {on ? <Mic aria-hidden="true" /> : <MicOff aria-hidden="true" />}
            {t(on ? 'mute-me' : 'unmute')}
          </Button>
        ) : null}
        <Button testid="floating-close" onPress={close}>
          <PictureInPicture2 aria-hidden="true" /> {t('floating-close')}
        </Button>
      </div>
    </main>
  );
}

/** Shows the picture on the stage in the browser's own window. */
async function openPicture(room: RoomProps, closed: () => void): Promise<() => void> {
  const { seat, controls } = room;
  const video = document.querySelector<HTMLVideoElement>(
    '[data-testid="screen-tile"] video, [data-place="stage"] video',
  );
  if (!video) throw new DOMException('no picture on the stage', 'NotFoundError');
  await video.requestPictureInPicture();
  const media = navigator.mediaSession as MediaSession | undefined;
  const handle = (handler: (() => void) | null): void => {
    try {
      // TypeScript does not know these actions yet.
      media?.setActionHandler('togglemicrophone' as MediaSessionAction, handler);
    } catch {
      // The browser does not have this button.
    }
  };
  handle(() => void controls.toggleMicrophone());
  const stop = effect(() => {
    const on = seat.local.microphoneOn.value;
    void media?.setMicrophoneActive?.(on);
  });
  video.addEventListener(
    'leavepictureinpicture',
    () => {
      stop();
      handle(null);
      closed();
    },
    { once: true },
  );
  return () => void document.exitPictureInPicture().catch(() => undefined);
}
