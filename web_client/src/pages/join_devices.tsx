/* The devices on the page before joining: preview, meter, pickers, speaker test. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Mic, MicOff, Video, VideoOff } from 'lucide-preact';
import { Button, LevelMeter } from '../design/parts';
import { canConnect } from '../media/ability';
import { captureObstacle, type CaptureProblem } from '../media/problems';
import type { Controls } from '../room/seat/controls';
import { DevicePickers } from '../devices/pickers';
import { Picture } from '../room/parts/picture';
import type { SeatClient } from '../room/seat/seat_client';
import { trustPage } from '../signaling/http';
import { t } from '../text';
import { problemTexts } from '../text/problems';

interface JoinDevicesProps {
  seat: SeatClient;
  controls: Controls;
  publishes: boolean;
}

export function JoinDevices(props: JoinDevicesProps): JSX.Element {
  const { seat, controls, publishes } = props;
  const { local } = seat;
  const [setUp, setSetUp] = useState(false);
  const microphone = local.microphoneOn.value;
  const camera = local.cameraOn.value;
  if (!canConnect()) return <p class="join-devices card">{t('join-unable')}</p>;
  if (!publishes && !setUp) {
    return (
      <div class="join-devices stack card">
        <p>{t('join-listener')}</p>
        {captureObstacle() ? null : (
          <Button testid="set-up" onPress={() => setSetUp(true)}>
            {t('join-set-up')}
          </Button>
        )}
      </div>
    );
  }
  return (
    <div class="join-devices stack">
      <div class="preview on-stage" data-testid="preview">
        {local.camera.value ? (
          <Picture track={local.camera.value} mirrored label={t('own-picture')} />
        ) : (
          <p class="soft">
            {local.opening.value.has('camera')
              ? t('check-opening')
              : t('camera-is-off')}
          </p>
        )}
      </div>
      <LevelMeter level={microphone ? local.level.value : 0} />
      <div class="row">
        <Button
          pressed={microphone}
          testid="microphone"
          onPress={() => void controls.toggleMicrophone()}
        >
          {microphone ? <Mic aria-hidden="true" /> : <MicOff aria-hidden="true" />}
          {t('microphone')}
        </Button>
        <Button
          pressed={camera}
          testid="camera"
          onPress={() => void controls.toggleCamera()}
        >
          {camera ? <Video aria-hidden="true" /> : <VideoOff aria-hidden="true" />}
          {t('camera')}
        </Button>
      </div>
      <Trouble seat={seat} />
      <DevicePickers
        local={local}
        useMicrophone={(id) => controls.useMicrophone(id)}
        useCamera={(id) => controls.useCamera(id)}
      />
    </div>
  );
}

/** A problem with the devices: one sentence, and one thing to do. */
function Trouble({ seat }: { seat: SeatClient }): JSX.Element | null {
  const { local } = seat;
  const camera = local.cameraProblem.value;
  const microphone = local.microphoneProblem.value;
  const texts = problemTexts(camera, microphone);
  if (texts.length === 0) return null;
  return (
    <div class="stack tight" role="alert" data-testid="device-problem">
      {texts.map((text) => (
        <p key={text}>{text}</p>
      ))}
      <Solution problem={camera ?? microphone ?? 'failed'} seat={seat} />
      <p class="soft small">{t('join-watch-anyway')}</p>
    </div>
  );
}

/**
 * How to get a trusted certificate: a link to the page about it, or advice to ask the
 * administrator.
 */
export function Trust(): JSX.Element | null {
  const [page, setPage] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    trustPage().then(setPage, () => setPage(null));
  }, []);
  if (page === undefined) return null;
  if (page === null) return <p data-testid="trust-ask">{t('solution-insecure-ask')}</p>;
  return (
    <a class="button" href={page} data-testid="trust-page">
      {t('solution-insecure')}
    </a>
  );
}

interface SolutionProps {
  problem: CaptureProblem;
  seat: SeatClient;
}

function Solution({ problem, seat }: SolutionProps): JSX.Element | null {
  if (problem === 'unsupported') return null;
  if (problem === 'insecure') return <Trust />;
  const { local } = seat;
  return (
    <Button
      testid="solution"
      onPress={() => {
        if (local.microphoneProblem.value) void local.unmute();
        if (local.cameraProblem.value) void local.startCamera();
      }}
    >
      {t('try-again')}
    </Button>
  );
}
