/* The test before a conference: camera, microphone, speaker and connection. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import {
  Circle,
  CircleCheck,
  CircleX,
  LoaderCircle,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-preact';
import { go } from '../navigation/routes';
import { Shell } from '../navigation/shell';
import { Button, LevelMeter, Live } from '../design/parts';
import { Check, type ConnectivityState } from '../preflight/check';
import {
  adviceOf,
  carried,
  gradeOf,
  type Transport,
  type Trial,
} from '../preflight/connectivity';
import type { ConnectAuth } from '../protocol';
import { Trust } from './join_devices';
import { CameraPicker, MicrophonePicker, SpeakerPicker } from '../devices/pickers';
import { Picture } from '../room/parts/picture';
import { t } from '../text';
import { failureText } from '../text/failure';
import { cameraProblemText, microphoneProblemText } from '../text/problems';

type State = 'waiting' | 'running' | 'good' | 'weak' | 'bad';

const ICONS: Readonly<Record<State, LucideIcon>> = {
  waiting: Circle,
  running: LoaderCircle,
  good: CircleCheck,
  weak: TriangleAlert,
  bad: CircleX,
};

interface RowProps {
  title: string;
  state: State;
  text: string;
  testid: string;
  children?: ComponentChildren;
}

/** One test: its result, and advice. */
function Row({ title, state, text, testid, children }: RowProps): JSX.Element {
  const Icon = ICONS[state];
  return (
    <li class="check-row card" data-testid={testid} data-state={state}>
      <Icon class="check-icon" aria-hidden="true" />
      <div class="stack tight">
        <h2>{title}</h2>
        <p>
          <Live text={text} />
        </p>
        {children}
      </div>
    </li>
  );
}

interface CheckProps {
  /** The invitation or room whose connection is tested; null: devices only. */
  entry: ConnectAuth | null;
  /** The address of the join page to return to. */
  back: string | null;
}

export function CheckPage({ entry, back }: CheckProps): JSX.Element {
  const check = useMemo(() => new Check(entry), []);
  useEffect(() => () => check.close(), [check]);
  const started = check.started.value;
  const busy = check.running.value || (started && !check.devicesTried.value);
  return (
    <Shell narrow>
      <div class="stack" data-testid="check-page">
        <h1>{t('check-title')}</h1>
        {check.link === null ? (
          <>
            <p>{t('check-text-devices')}</p>
            <p class="soft" data-testid="devices-only">
              {t('check-devices-only')}
            </p>
          </>
        ) : (
          <p>{t('check-text')}</p>
        )}
        <div class="row">
          <Button
            kind={started && !busy ? 'usual' : 'primary'}
            disabled={busy}
            testid="start-check"
            onPress={() => void check.start()}
          >
            {started
              ? busy
                ? t('check-running')
                : t('check-again')
              : t('check-start')}
          </Button>
          {back === null ? null : (
            <Button
              kind={started && !busy ? 'primary' : 'usual'}
              testid="to-join-page"
              onPress={() => go(back)}
            >
              {t('check-to-room')}
            </Button>
          )}
        </div>
        <Advice check={check} />
        <ul class="stack tight">
          <CameraRow check={check} />
          <MicrophoneRow check={check} />
          <SpeakerRow check={check} />
          {check.link === null ? null : (
            <>
              <RouteRow transport="udp" state={check.udp.value} />
              <RouteRow transport="tcp" state={check.tcp.value} />
            </>
          )}
        </ul>
      </div>
    </Shell>
  );
}

function CameraRow({ check }: { check: Check }): JSX.Element {
  const [seen, setSeen] = useState(false);
  const { local } = check;
  const track = local.camera.value;
  const problem = local.cameraProblem.value;
  let state: State = check.started.value ? 'running' : 'waiting';
  let text = t(check.started.value ? 'check-opening' : 'check-camera-waiting');
  if (problem) [state, text] = ['bad', cameraProblemText(problem)];
  else if (track && seen) [state, text] = ['good', t('check-camera-good')];
  else if (track) text = t('check-camera-no-picture');
  return (
    <Row title={t('camera')} state={state} text={text} testid="check-camera">
      {problem === 'insecure' ? <Trust /> : null}
      {track ? (
        <div class="preview on-stage">
          <Picture
            track={track}
            mirrored
            label={t('own-picture')}
            onFrame={() => setSeen(true)}
          />
        </div>
      ) : null}
      <CameraPicker local={local} choose={(id) => check.useCamera(id)} />
    </Row>
  );
}

function MicrophoneRow({ check }: { check: Check }): JSX.Element {
  const { local } = check;
  const problem = local.microphoneProblem.value;
  const on = local.microphoneOn.value;
  let state: State = check.started.value ? 'running' : 'waiting';
  let text = t(check.started.value ? 'check-opening' : 'check-microphone-waiting');
  if (problem) [state, text] = ['bad', microphoneProblemText(problem)];
  else if (check.heard.value) [state, text] = ['good', t('check-microphone-good')];
  else if (on) [state, text] = ['weak', t('check-microphone-silent')];
  return (
    <Row title={t('microphone')} state={state} text={text} testid="check-microphone">
      {on ? <LevelMeter level={local.level.value} /> : null}
      <MicrophonePicker local={local} choose={(id) => check.useMicrophone(id)} />
    </Row>
  );
}

function SpeakerRow({ check }: { check: Check }): JSX.Element {
  const heard = check.toneHeard.value;
  const texts = { true: 'check-speaker-good', false: 'check-speaker-bad' } as const;
  const state = heard === null ? 'waiting' : heard ? 'good' : 'bad';
  const text = heard === null ? t('check-speaker-ask') : t(texts[`${heard}`]);
  return (
    <Row title={t('speaker')} state={state} text={text} testid="check-speaker">
      <div class="row">
        {([true, false] as const).map((answer) => (
          <Button
            key={`${answer}`}
            pressed={heard === answer}
            testid={answer ? 'tone-heard' : 'tone-not-heard'}
            onPress={() => {
              check.toneHeard.value = answer;
            }}
          >
            {t(answer ? 'check-speaker-yes' : 'check-speaker-no')}
          </Button>
        ))}
      </div>
      <SpeakerPicker />
    </Row>
  );
}

function resultOf(transport: Transport, state: ConnectivityState): [State, string] {
  switch (state.name) {
    case 'waiting':
      return ['waiting', t(`check-${transport}-waiting`)];
    case 'running':
      return ['running', t('check-route-running')];
    case 'refused':
      return ['bad', failureText(state.error)];
    case 'done':
      return trialText(state.trial);
  }
}

function trialText(trial: Trial): [State, string] {
  const { transport, outcome, figures } = trial;
  const port = trial.port ?? '–';
  if (outcome === 'absent') return ['waiting', t(`check-${transport}-absent`)];
  if (outcome === 'failed' || !figures) {
    return ['bad', t(`check-${transport}-failed`, { port })];
  }
  const grade = gradeOf(trial);
  const measured = t('check-route-figures', {
    connect: trial.connectMs ?? 0,
    rtt: figures.rttMs ?? '–',
    loss: Math.round((figures.lossUp ?? 0) * 100),
    kbps: carried(trial),
  });
  if (grade === 'good') return ['good', `${t('check-route-good')} ${measured}`];
  const key = grade === 'weak' ? 'check-route-weak' : 'check-route-bad';
  return [grade === 'weak' ? 'weak' : 'bad', `${t(key)} ${measured}`];
}

function RouteRow(props: {
  transport: Transport;
  state: ConnectivityState;
}): JSX.Element {
  const { transport, state } = props;
  const [shown, text] = resultOf(transport, state);
  return (
    <Row
      title={t(`check-${transport}`)}
      state={shown}
      text={text}
      testid={`check-${transport}`}
    />
  );
}

/** What the results mean for taking part; announced to screen readers. */
function Advice({ check }: { check: Check }): JSX.Element {
  const udp = check.udp.value;
  const tcp = check.tcp.value;
  const known = udp.name === 'done' && tcp.name === 'done' ? { udp, tcp } : null;
  const advice = known ? adviceOf(known.udp.trial, known.tcp.trial) : null;
  const port = known?.udp.trial.port ?? known?.tcp.trial.port ?? '–';
  return (
    <div role="status">
      {advice ? (
        <p class="card" data-testid="advice" data-advice={advice}>
          <strong>{t(`check-advice-${advice}`, { port })}</strong>
        </p>
      ) : null}
    </div>
  );
}
