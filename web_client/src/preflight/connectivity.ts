/*
 * One connectivity test: a separate peer connection to the server that may use UDP
 * only, or TCP only, sends for a few seconds and measures.
 */
import { STEP_WITHIN_MS, within } from '../deadline';
import { between, readMoment, type Figures, type Moment } from '../media/figures';

export type Transport = 'udp' | 'tcp';

export interface Trial {
  readonly transport: Transport;
  /** `absent`: the server does not offer this transport. */
  readonly outcome: 'connected' | 'failed' | 'absent';
  /** The port that must be open, if the server named one. */
  readonly port: number | null;
  readonly connectMs: number | null;
  readonly figures: Figures | null;
}

export type Negotiate = (sdp: string) => Promise<string>;

/** The server promises a connection within 4 s over TCP; a bad link needs longer. */
const CONNECT_WITHIN_MS = 8000;
/** Enough for four receiver reports; the server ends a trial after 20 s. */
const MEASURE_MS = 4500;
/** During the first second the browser is still raising its bitrate. */
const SETTLE_MS = 1000;
const VIDEO_BPS = 1_500_000; // what a camera sends at most
const ENOUGH_KBPS = 2000; // higher estimates prove nothing: no more was sent

const CANDIDATE = /^a=candidate:\S+ \d+ (\S+) \d+ \S+ (\d+) /i;

/** The answer with the candidates of one transport only, and their port. Pure. */
export function onlyTransport(
  sdp: string,
  transport: Transport,
): { sdp: string; port: number | null } {
  let port: number | null = null;
  const lines = sdp.split('\r\n').filter((line) => {
    const [, protocol, at] = CANDIDATE.exec(line) ?? [];
    if (protocol === undefined) return true;
    if (protocol.toLowerCase() !== transport) return false;
    port ??= Number(at);
    return true;
  });
  return { sdp: lines.join('\r\n'), port };
}

async function connected(pc: RTCPeerConnection): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CONNECT_WITHIN_MS);
    const look = (): void => {
      const state = pc.connectionState;
      if (state !== 'connected' && state !== 'failed') return;
      clearTimeout(timer);
      resolve(state === 'connected');
    };
    pc.addEventListener('connectionstatechange', look);
    look();
  });
}

const after = async (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

async function moment(pc: RTCPeerConnection): Promise<Moment> {
  const report = await within(STEP_WITHIN_MS, pc.getStats());
  return readMoment([report], performance.now());
}

/**
 * Tests one transport. Throws the server's refusal.
 *
 * `audio` may be missing: then loss is measured by video alone.
 */
export async function testConnectivity(
  transport: Transport,
  tracks: { audio: MediaStreamTrack | null; video: MediaStreamTrack },
  negotiate: Negotiate,
): Promise<Trial> {
  const pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
  const nothing = { transport, port: null, connectMs: null, figures: null };
  try {
    // The order matters: the server identifies the sections by their numbers.
    pc.addTransceiver(tracks.audio ?? 'audio', { direction: 'sendonly' });
    pc.addTransceiver(tracks.video, {
      direction: 'sendonly',
      sendEncodings: [{ maxBitrate: VIDEO_BPS }],
    });
    const offer = await within(STEP_WITHIN_MS, pc.createOffer());
    await within(STEP_WITHIN_MS, pc.setLocalDescription(offer));
    const answer = await negotiate(pc.localDescription?.sdp ?? '');
    const { sdp, port } = onlyTransport(answer, transport);
    if (port === null) return { ...nothing, outcome: 'absent' };
    const began = performance.now();
    await within(STEP_WITHIN_MS, pc.setRemoteDescription({ type: 'answer', sdp }));
    if (!(await connected(pc))) return { ...nothing, outcome: 'failed', port };
    const connectMs = Math.round(performance.now() - began);
    await after(SETTLE_MS);
    const first = await moment(pc);
    await after(MEASURE_MS);
    const last = await moment(pc);
    return {
      transport,
      outcome: 'connected',
      port,
      connectMs,
      figures: between(first, last),
    };
  } finally {
    pc.close();
  }
}

/** Grades a tested connection. Pure. */
export type Grade = 'good' | 'weak' | 'bad' | 'none';

const GOOD_LOSS = 0.02;
const BAD_LOSS = 0.15;
const GOOD_RTT_MS = 300;
const BAD_RTT_MS = 800;
const GOOD_KBPS = 500; // a camera at 360 lines, and the voice
/**
 * The same for Firefox, which reports no estimate and raises its bitrate too slowly to
 * reach more within the test.
 */
const GOOD_SENT_KBPS = 200;

export function gradeOf(trial: Trial): Grade {
  if (trial.outcome !== 'connected' || !trial.figures) return 'none';
  const { lossUp, rttMs, roomUpKbps, upKbps } = trial.figures;
  const wide = roomUpKbps === null ? upKbps >= GOOD_SENT_KBPS : roomUpKbps >= GOOD_KBPS;
  const loss = lossUp ?? 0;
  const rtt = rttMs ?? 0;
  if (loss >= BAD_LOSS || rtt >= BAD_RTT_MS) return 'bad';
  return loss < GOOD_LOSS && rtt < GOOD_RTT_MS && wide ? 'good' : 'weak';
}

/** A lower bound for the uplink's capacity from a test, in kbit/s. Pure. */
export function carried(trial: Trial): number {
  const { roomUpKbps, upKbps } = trial.figures ?? { roomUpKbps: null, upKbps: 0 };
  return Math.min(ENOUGH_KBPS, Math.max(roomUpKbps ?? 0, upKbps));
}

/** What the results of both transports mean for taking part. Pure. */
export type Advice = 'all' | 'tcp-only' | 'udp-only' | 'weak' | 'nothing';

export function adviceOf(udp: Trial, tcp: Trial): Advice {
  const over = (trial: Trial): boolean => trial.outcome === 'connected';
  if (!over(udp) && !over(tcp)) return 'nothing';
  const [udpGrade, tcpGrade] = [gradeOf(udp), gradeOf(tcp)];
  if (!over(udp)) return tcpGrade === 'bad' ? 'weak' : 'tcp-only';
  if (udpGrade !== 'good') return 'weak';
  return over(tcp) || tcp.outcome === 'absent' ? 'all' : 'udp-only';
}
