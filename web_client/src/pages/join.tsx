/* The page before joining a room: camera and microphone, name, and people in the room. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { checkPath } from '../navigation/routes';
import { Shell, Waiting, PageLink } from '../navigation/shell';
import { Button, Live, TextField } from '../design/parts';
import type { RoleName, RoomPreview } from '../protocol';
import { canConnect } from '../media/ability';
import { refreshDevices } from '../media/devices';
import type { Controls } from '../room/seat/controls';
import type { SeatClient } from '../room/seat/seat_client';
import { listenShortcuts } from '../room/seat/shortcuts';
import { missingSince, refusedBy } from '../signaling/reconnect';
import * as settings from '../state/settings';
import { t } from '../text';
import { codeText, failureText } from '../text/failure';
import { JoinDevices } from './join_devices';
import { SeatedElsewhere } from './seated_elsewhere';

interface JoinProps {
  seat: SeatClient;
  controls: Controls;
}

const ROLE_KEYS: Readonly<Record<RoleName, string>> = {
  moderator: 'role-moderator',
  presenter: 'role-presenter',
  researcher: 'role-researcher',
};

const FACES_SHOWN = 8;

export function JoinPage({ seat, controls }: JoinProps): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const preview = seat.preview.value;
  const joining = seat.phase.value.name === 'joining';
  const publishes = preview !== null && preview.role !== 'researcher';

  useEffect(() => {
    void refreshDevices();
    return listenShortcuts({
      only: ['microphone', 'camera'],
      press: (name) => {
        if (name === 'microphone') void controls.toggleMicrophone();
        if (name === 'camera') void controls.toggleCamera();
      },
      release: () => undefined,
    });
  }, [controls]);
  useEffect(() => {
    // A viewer who only watches is not asked for a camera.
    if (publishes && canConnect()) void seat.local.openBoth();
  }, [publishes, seat]);

  const join = async (): Promise<void> => {
    setProblem(null);
    try {
      await seat.join(settings.name.value.trim(), settings.organisation.value.trim());
    } catch (error) {
      setProblem(failureText(error));
    }
  };
  const offline = missingSince(seat.link.phase.value) !== null;
  const refusal = refusedBy(seat.link.phase.value);
  const elsewhere = seat.elsewhere.value;
  const named =
    settings.name.value.trim() !== '' && settings.organisation.value.trim() !== '';
  return (
    <Shell>
      <form
        class="join-page"
        data-testid="join-page"
        onSubmit={(event) => {
          event.preventDefault();
          void join();
        }}
      >
        <div class="join-who stack">
          {preview ? (
            <RoomHead preview={preview} />
          ) : (
            <>
              <h1 class="hidden-text">{t('room')}</h1>
              <Waiting text={t('waiting-preview')} />
            </>
          )}
          {elsewhere ? null : <Names />}
          {/* Shown together with the room's title above: a button must not move. */}
          {elsewhere && preview ? <SeatedElsewhere seat={seat} /> : null}
        </div>
        <div class="join-go stack tight">
          <Missing />
          {offline ? (
            <p class="problem" role="alert">
              {refusal === null
                ? t('join-reconnecting')
                : codeText(refusal, t('join-reconnecting'))}
            </p>
          ) : null}
          {seat.queued.value ? (
            <p role="status" data-testid="queued">
              {t('join-queued')}
            </p>
          ) : null}
          {problem ? (
            <p class="problem" role="alert" data-testid="problem">
              {problem}
            </p>
          ) : null}
          {elsewhere ? null : (
            <Button
              kind="primary"
              type="submit"
              wide
              testid="join"
              disabled={joining || preview === null || offline || !named}
            >
              {joining ? t('joining') : t('join')}
            </Button>
          )}
          {named || elsewhere ? null : <p class="soft small">{t('join-needs-name')}</p>}
          <p>
            <PageLink to={checkPath(seat.entry)} class="button" testid="to-check">
              {t('check-link')}
            </PageLink>
          </p>
          {preview ? <Present there={preview.participants} /> : null}
        </div>
        <JoinDevices seat={seat} controls={controls} publishes={publishes} />
      </form>
    </Shell>
  );
}

/** Fields for name and organisation; remembered for the next time. */
function Names(): JSX.Element {
  return (
    <>
      <TextField
        label={t('your-name')}
        value={settings.name.value}
        maxLength={80}
        required
        autofocus
        autocomplete="name"
        testid="name"
        onInput={(value) => {
          settings.name.value = value;
        }}
      />
      <TextField
        label={t('your-organisation')}
        value={settings.organisation.value}
        maxLength={80}
        required
        autocomplete="organization"
        testid="organisation"
        onInput={(value) => {
          settings.organisation.value = value;
        }}
      />
    </>
  );
}

/** What this browser cannot do, shown before joining. */
function Missing(): JSX.Element {
  return (
    <>
      {canConnect() ? null : (
        <p class="problem" role="alert" data-testid="unable">
          {t('join-no-webrtc')}
        </p>
      )}
      {settings.remembers ? null : (
        <p class="soft small" data-testid="forgets">
          {t('join-forgets')}
        </p>
      )}
    </>
  );
}

function RoomHead({ preview }: { preview: RoomPreview }): JSX.Element {
  return (
    <div class="stack tight">
      <h1 data-testid="room-title">{preview.title}</h1>
      <p class="soft">{t('join-role', { role: t(ROLE_KEYS[preview.role]) })}</p>
    </div>
  );
}

/**
 * People in the room; below the Join button, which must be visible without scrolling.
 */
function Present({ there }: { there: RoomPreview['participants'] }): JSX.Element {
  return (
    <div class="stack tight">
      <p data-testid="present">
        <Live
          text={
            there.length === 0
              ? t('join-empty')
              : t('join-present', { count: there.length })
          }
        />
      </p>
      {there.length > 0 ? (
        <ul class="soft small">
          {there.slice(0, FACES_SHOWN).map((p, i) => (
            <li key={`${i}-${p.name}`}>
              {p.name} · {p.organisation}
            </li>
          ))}
          {there.length > FACES_SHOWN ? (
            <li>
              <Live text={t('join-more', { count: there.length - FACES_SHOWN })} />
            </li>
          ) : null}
        </ul>
      ) : null}
    </div>
  );
}
