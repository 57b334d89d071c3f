/* Alerts: no connection, no sound, the floor, speech into a muted microphone. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Volume2 } from 'lucide-preact';
import { TOUCH, useMedia } from '../../design/media_query';
import { Button, Live } from '../../design/parts';
import { canConnect } from '../../media/ability';
import { picturesHeld, playAll, soundHeld } from '../../media/playing';
import { mutedOnly } from '../../state/room';
import { receive } from '../../state/settings';
import { t } from '../../text';
import type { RoomProps } from '../seat/props';
import type { SeatClient } from '../seat/seat_client';

const HINT_MS = 8000; // long enough to read it and to reach its button

/** Counts the seconds since the connection was lost; the room stays visible, dimmed. */
export function ConnectionBanner({ seat }: { seat: SeatClient }): JSX.Element {
  const since = seat.missingSince.value;
  const [now, setNow] = useState(performance.now());
  useEffect(() => {
    if (since === null) return;
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(timer);
  }, [since]);
  const lost = since !== null;
  const seconds = lost ? Math.max(0, Math.round((now - since) / 1000)) : 0;
  return (
    <div role="alert" class="banner-place">
      {lost ? (
        <p class="banner" data-testid="reconnecting">
          {t('reconnecting')}{' '}
          {/* Hidden from screen readers, which would read the count aloud each second. */}
          <span class="numbers" aria-hidden="true">
            <Live text={t('reconnecting-seconds', { seconds })} />
          </span>
        </p>
      ) : null}
    </div>
  );
}

/** Shown while the browser or the system prevents playing; a press starts it. */
export function PlayButton(): JSX.Element | null {
  const silent = soundHeld.value;
  if (!silent && !picturesHeld.value) return null;
  return (
    <Button kind="primary" testid="play-sound" onPress={playAll}>
      <Volume2 aria-hidden="true" /> {silent ? t('play-sound') : t('play-pictures')}
    </Button>
  );
}

/** Announces that the floor was given or taken; unmuting is left to the user. */
export function FloorNotice({ seat, controls }: RoomProps): JSX.Element {
  const view = seat.view.value;
  const has = view?.participants.get(view.self)?.has_floor ?? false;
  const before = useRef(has);
  const [shown, setShown] = useState<'given' | 'taken' | null>(null);
  useEffect(() => {
    if (has !== before.current) setShown(has ? 'given' : 'taken');
    before.current = has;
  }, [has]);
  const heard = seat.local.microphoneOn.value;
  useEffect(() => {
    // The card says that nobody hears the user.
    if (heard) setShown((now) => (now === 'given' ? null : now));
  }, [heard]);
  const dismiss = (): void => setShown(null);
  return (
    <div role="status">
      {shown === 'given' ? (
        <div class="floor card stack tight" data-testid="floor-given">
          <h2>{t('floor-given')}</h2>
          <p>{t('floor-given-text')}</p>
          <div class="row">
            <Button
              kind="primary"
              testid="floor-unmute"
              onPress={() => {
                dismiss();
                if (!seat.local.microphoneOn.value) void controls.toggleMicrophone();
              }}
            >
              {t('floor-unmute')}
            </Button>
            <Button testid="floor-later" onPress={dismiss}>
              {t('not-now')}
            </Button>
          </div>
        </div>
      ) : null}
      {shown === 'taken' ? (
        <div class="floor card row" data-testid="floor-taken">
          <p class="grow">{t('floor-taken')}</p>
          <Button onPress={dismiss}>{t('close')}</Button>
        </div>
      ) : null}
    </div>
  );
}

export function MutedSpeechHint({ seat, controls }: RoomProps): JSX.Element {
  const count = controls.mutedSpeech.value;
  const touch = useMedia(TOUCH);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (count === 0) return;
    setShown(true);
    const timer = setTimeout(() => setShown(false), HINT_MS);
    return () => clearTimeout(timer);
  }, [count]);
  return (
    <div role="status">
      {shown && mutedOnly(seat.view.value, seat.local.microphoneOn.value) ? (
        <div
          class="hint row tight"
          data-testid="muted-speech"
          // The text field keeps the focus, so that a user who is typing can continue.
          onMouseDown={(event) => event.preventDefault()}
        >
          <p>{t(touch ? 'muted-speech-touch' : 'muted-speech')}</p>
          <Button
            testid="unmute"
            onPress={() => {
              setShown(false);
              if (!seat.local.microphoneOn.value) void controls.toggleMicrophone();
            }}
          >
            {t('unmute')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** Explains why no media can be received when the user cannot change that. */
export function UnableHint(): JSX.Element {
  return (
    <div role="status">
      {canConnect() ? null : (
        <p class="hint calm" data-testid="unable">
          {t('no-webrtc')}
        </p>
      )}
    </div>
  );
}

/** Explains why there are no pictures, with a button to show them. */
export function AudioOnlyHint(): JSX.Element {
  return (
    <div role="status">
      {receive.value === 'audio' ? (
        <div class="hint calm row tight" data-testid="audio-only">
          <p>{t('audio-only')}</p>
          <Button
            testid="show-pictures"
            onPress={() => {
              receive.value = 'auto';
            }}
          >
            {t('show-pictures')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** Tells a user who is alone that everything works, and what comes next. */
export function AloneHint({ seat, controls }: RoomProps): JSX.Element {
  const view = seat.view.value;
  const alone = view?.participants.size === 1 && view.participants.has(view.self);
  const invites = seat.may('room.manage');
  return (
    <div role="status">
      {alone ? (
        <div class="hint calm row tight" data-testid="alone">
          <p>
            {t('alone')} {invites ? t('alone-moderator') : t('alone-guest')}
          </p>
          {invites ? (
            <Button
              kind="primary"
              testid="invite-now"
              onPress={() => {
                controls.dialog.value = 'invite';
              }}
            >
              {t('invite-people')}
            </Button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

/** A polite live region for new messages, whether the chat is open or closed. */
export function Announcer({ seat }: RoomProps): JSX.Element {
  const view = seat.view.value;
  const last = view?.messages.at(-1);
  const first = useRef(last?.seq ?? 0);
  const news = last && last.seq > first.current && last.participant !== view?.self;
  return (
    <p class="hidden-text" role="status" data-testid="announcer">
      {news ? t('chat-announce', { name: last.name, text: last.text }) : ''}
    </p>
  );
}
