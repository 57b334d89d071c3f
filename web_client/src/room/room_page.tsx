/* The room: bars, stage, one panel at a time, and the keyboard shortcuts. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Minimize } from 'lucide-preact';
import { useLazy } from '../design/lazy';
import { Button } from '../design/parts';
import { PlacedNotices } from '../navigation/notices';
import { notify } from '../state/notices';
import { t } from '../text';
import {
  AloneHint,
  Announcer,
  AudioOnlyHint,
  ConnectionBanner,
  FloorNotice,
  MutedSpeechHint,
  PlayButton,
  UnableHint,
} from './bars/alerts';
import { keepAwake } from './seat/awake';
import { BottomBar } from './bars/bottom_bar';
import { ChatPanel } from './panels/chat_panel';
import type { Controls } from './seat/controls';
import { LeaveDialog } from './dialogs/leave_dialog';
import { PeoplePanel } from './panels/people_panel';
import type { RoomProps } from './seat/props';
import { RoomNews } from './bars/room_news';
import type { SeatClient } from './seat/seat_client';
import { SettingsDialog } from './dialogs/settings_dialog';
import { listenShortcuts, type ShortcutName } from './seat/shortcuts';
import { ShortcutDialog } from './dialogs/shortcut_dialog';
import { StageArea } from './stage/stage_area';
import { TopBar } from './bars/top_bar';

function act(controls: Controls, name: ShortcutName): void {
  switch (name) {
    case 'microphone':
      return void controls.toggleMicrophone();
    case 'talk':
      return void controls.talk(true);
    case 'camera':
      return void controls.toggleCamera();
    case 'screen':
      return controls.toggleScreen();
    case 'hand':
      return void controls.toggleHand();
    case 'layout':
      return controls.toggleLayout();
    case 'full':
      return controls.full.toggle();
    case 'chat':
      return controls.togglePanel('chat');
    case 'people':
      return controls.togglePanel('people');
    case 'next-page':
      return controls.movePage(1);
    case 'previous-page':
      return controls.movePage(-1);
    case 'help':
      controls.dialog.value = 'shortcuts';
  }
}

/** The code of a dialog could not be loaded: shows a notice and closes the dialog. */
function unloaded({ onClose }: { onClose: () => void }): () => void {
  return () => {
    notify(t('error-no-answer'));
    onClose();
  };
}

function ConnectionDialog(props: {
  seat: SeatClient;
  onClose: () => void;
}): JSX.Element | null {
  const part = useLazy(() => import('./dialogs/connection_panel'), unloaded(props));
  return part ? <part.ConnectionPanel {...props} /> : null;
}

function InviteLater(props: {
  seat: SeatClient;
  onClose: () => void;
}): JSX.Element | null {
  const part = useLazy(() => import('./dialogs/invite_dialog'), unloaded(props));
  return part ? <part.InviteDialog {...props} /> : null;
}

/** How long the bars stay over a full picture after the last input. */
const STIR_MS = 3000;

/**
 * Whether the user moved the pointer or typed recently; always true unless `watched`.
 */
function useStirring(watched: boolean): boolean {
  const [stirs, setStirs] = useState(true);
  useEffect(() => {
    if (!watched) {
      setStirs(true);
      return;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stirred = (): void => {
      clearTimeout(timer);
      setStirs(true);
      timer = setTimeout(() => setStirs(false), STIR_MS);
    };
    stirred();
    const events = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const;
    for (const name of events) window.addEventListener(name, stirred);
    return () => {
      clearTimeout(timer);
      for (const name of events) window.removeEventListener(name, stirred);
    };
  }, [watched]);
  return stirs;
}

function LeaveFull({ controls }: { controls: Controls }): JSX.Element {
  return (
    <div class="leave-full">
      <Button testid="full-leave" onPress={() => controls.full.leave()}>
        <Minimize aria-hidden="true" /> {t('full-leave')}
      </Button>
    </div>
  );
}

export function RoomPage({ seat, controls }: RoomProps): JSX.Element {
  const main = useRef<HTMLElement>(null);
  // Before the page is painted: a key pressed at once must not be lost.
  useLayoutEffect(() => {
    // The Join button is gone: screen readers and the keyboard start at the stage.
    main.current?.focus({ preventScroll: true });
    return listenShortcuts({
      press: (name) => act(controls, name),
      release: () => void controls.talk(false),
    });
  }, [controls]);
  useEffect(() => {
    const sleep = keepAwake();
    return () => {
      sleep();
      controls.stopShowing();
    };
  }, [controls]);
  const full = controls.full.on.value;
  const awake = useStirring(full);
  const panel = controls.panel.value;
  const dialog = controls.dialog.value;
  const close = (): void => {
    controls.dialog.value = null;
  };
  return (
    <div
      class={['room', full && 'full', awake && 'awake'].filter(Boolean).join(' ')}
      data-testid="room-page"
    >
      <TopBar seat={seat} controls={controls} />
      <ConnectionBanner seat={seat} />
      <main
        ref={main}
        class={panel ? 'room-main with-rail' : 'room-main'}
        tabIndex={-1}
        aria-label={t('room')}
      >
        <div class="stage-column">
          <StageArea seat={seat} controls={controls} />
          <div class="stage-alerts">
            {full ? <LeaveFull controls={controls} /> : null}
            <PlacedNotices />
            <PlayButton />
            <UnableHint />
            <FloorNotice seat={seat} controls={controls} />
            <MutedSpeechHint seat={seat} controls={controls} />
            <AudioOnlyHint />
            <AloneHint seat={seat} controls={controls} />
            <RoomNews seat={seat} />
          </div>
        </div>
        {panel === 'people' ? <PeoplePanel seat={seat} controls={controls} /> : null}
        {panel === 'chat' ? <ChatPanel seat={seat} controls={controls} /> : null}
      </main>
      <BottomBar seat={seat} controls={controls} />
      <Announcer seat={seat} controls={controls} />
      {dialog === 'settings' ? (
        <SettingsDialog seat={seat} controls={controls} onClose={close} />
      ) : null}
      {dialog === 'shortcuts' ? <ShortcutDialog onClose={close} /> : null}
      {dialog === 'connection' ? (
        <ConnectionDialog seat={seat} onClose={close} />
      ) : null}
      {dialog === 'invite' ? <InviteLater seat={seat} onClose={close} /> : null}
      {dialog === 'leave' ? <LeaveDialog seat={seat} onClose={close} /> : null}
    </div>
  );
}
