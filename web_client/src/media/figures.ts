/*
 * Figures of the connections, from the difference of two getStats reports.
 *
 * Pure. `quality.ts` derives the four bars, `strain.ts` detects a computer that is too
 * slow, and the connection panel describes the findings.
 */
import { pairInUse, type Report } from './pair';

interface Video {
  readonly id: string;
  readonly mid: string;
  readonly bytes: number;
  readonly frames: number;
  readonly height: number;
}

/** A received picture; times in seconds. */
interface VideoIn extends Video {
  readonly dropped: number;
  readonly decodeTime: number;
  readonly waited: number;
  readonly emitted: number;
}

interface LayerOut extends Video {
  readonly rid: string;
  readonly limited: string;
}

/** Bytes over a candidate pair, in use or not. */
interface PairCounters {
  readonly id: string;
  readonly received: number;
  readonly sent: number;
}

/** The counters of all connections at one moment. */
export interface Moment {
  /** Milliseconds. */
  readonly at: number;
  readonly videos: readonly VideoIn[];
  readonly layers: readonly LayerOut[];
  /** All pairs: the one in use changes, but the counters of each only grow. */
  readonly pairs: readonly PairCounters[];
  readonly packetsIn: number;
  readonly lost: number;
  /** Share of the sent packets that the server has missed recently, 0…1. */
  readonly lossUp: number | null;
  /** Seconds. */
  readonly rtt: number | null;
  /** The transport of the media; null: none yet. */
  readonly protocol: 'udp' | 'tcp' | null;
  /** The browser's estimate of the uplink, in bit/s. */
  readonly roomUp: number | null;
}

export interface Received {
  readonly mid: string;
  readonly height: number;
  readonly fps: number;
  readonly kbps: number;
  /** Share of the frames that were dropped before or after decoding, 0…1. */
  readonly dropped: number;
  /** Share of the time spent decoding it: at 1 a decoder is fully occupied. */
  readonly decoding: number;
  /** Average time in ms that a frame waits before it is shown. */
  readonly waitMs: number;
}

export interface SentLayer {
  readonly mid: string;
  readonly rid: string;
  readonly height: number;
  readonly fps: number;
  readonly kbps: number;
  readonly limited: 'cpu' | 'bandwidth' | null;
}

/** Figures of the time between two moments. */
export interface Figures {
  readonly received: readonly Received[];
  readonly sent: readonly SentLayer[];
  readonly downKbps: number;
  readonly upKbps: number;
  /** Shares, 0…1. */
  readonly lossDown: number;
  readonly lossUp: number | null;
  readonly rttMs: number | null;
  readonly protocol: Moment['protocol'];
  readonly roomUpKbps: number | null;
}

/** The fields of all kinds of entries that are read here. */
interface Entry {
  id: string;
  type: string;
  kind?: string;
  mid?: string;
  rid?: string;
  bytesReceived?: number;
  bytesSent?: number;
  packetsReceived?: number;
  packetsLost?: number;
  fractionLost?: number;
  roundTripTime?: number;
  framesDecoded?: number;
  framesDropped?: number;
  framesSent?: number;
  frameHeight?: number;
  totalDecodeTime?: number;
  jitterBufferDelay?: number;
  jitterBufferEmittedCount?: number;
  qualityLimitationReason?: string;
}

const most = (a: number | null, b: number | undefined): number | null =>
  b === undefined ? a : Math.max(a ?? 0, b);

/** Reads all reports of one moment; `at` in milliseconds. */
export function readMoment(reports: readonly Report[], at: number): Moment {
  const videos: VideoIn[] = [];
  const layers: LayerOut[] = [];
  const pairs: PairCounters[] = [];
  let [packetsIn, lost] = [0, 0];
  let lossUp: number | null = null;
  let rtt: number | null = null;
  let roomUp: number | null = null;
  let protocol: Moment['protocol'] = null;
  for (const report of reports) {
    report.forEach((raw) => {
      const entry = raw as Entry;
      switch (entry.type) {
        case 'inbound-rtp':
          packetsIn += entry.packetsReceived ?? 0;
          lost += Math.max(0, entry.packetsLost ?? 0);
          if (entry.kind === 'video' && entry.bytesReceived)
            videos.push(videoIn(entry));
          break;
        case 'outbound-rtp':
          if (entry.kind === 'video' && entry.bytesSent) layers.push(layerOut(entry));
          break;
        case 'remote-inbound-rtp':
          lossUp = most(lossUp, entry.fractionLost);
          rtt = most(rtt, entry.roundTripTime);
          break;
        case 'candidate-pair':
          pairs.push(pairCounters(entry));
          break;
        default:
          break;
      }
    });
    const pair = pairInUse(report);
    if (!pair) continue;
    rtt = most(rtt, pair.rtt);
    roomUp = most(roomUp, pair.roomUp);
    // TCP is reported when either of the two connections uses it.
    if (pair.protocol === 'tcp') protocol = 'tcp';
    else protocol ??= pair.protocol;
  }
  return {
    at,
    videos,
    layers,
    pairs,
    packetsIn,
    lost,
    lossUp,
    rtt,
    protocol,
    roomUp,
  };
}

function pairCounters(entry: Entry): PairCounters {
  return {
    id: entry.id,
    received: entry.bytesReceived ?? 0,
    sent: entry.bytesSent ?? 0,
  };
}

function videoIn(entry: Entry): VideoIn {
  return {
    id: entry.id,
    mid: entry.mid ?? '',
    bytes: entry.bytesReceived ?? 0,
    frames: entry.framesDecoded ?? 0,
    height: entry.frameHeight ?? 0,
    dropped: entry.framesDropped ?? 0,
    decodeTime: entry.totalDecodeTime ?? 0,
    waited: entry.jitterBufferDelay ?? 0,
    emitted: entry.jitterBufferEmittedCount ?? 0,
  };
}

function layerOut(entry: Entry): LayerOut {
  return {
    id: entry.id,
    mid: entry.mid ?? '',
    rid: entry.rid ?? '',
    bytes: entry.bytesSent ?? 0,
    frames: entry.framesSent ?? 0,
    height: entry.frameHeight ?? 0,
    limited: entry.qualityLimitationReason ?? 'none',
  };
}

/** Growth of a counter; 0 when it started again with a new connection. */
const grown = (before: number | undefined, after: number): number =>
  Math.max(0, after - (before ?? after));

/** The figures of the time from one moment to a later one. */
export function between(before: Moment, after: Moment): Figures {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const kbps = (was: number | undefined, is: number): number =>
    Math.round((grown(was, is) * 8) / 1000 / seconds);
  const videosBefore = new Map(before.videos.map((v) => [v.id, v]));
  const layersBefore = new Map(before.layers.map((l) => [l.id, l]));
  const received = after.videos.flatMap((video): Received[] => {
    const was = videosBefore.get(video.id);
    const frames = grown(was?.frames, video.frames);
    const dropped = grown(was?.dropped, video.dropped);
    if (grown(was?.bytes, video.bytes) === 0) return [];
    const emitted = grown(was?.emitted, video.emitted);
    const waited = grown(was?.waited, video.waited);
    return [
      {
        mid: video.mid,
        height: video.height,
        fps: Math.round(frames / seconds),
        kbps: kbps(was?.bytes, video.bytes),
        dropped: frames + dropped === 0 ? 0 : dropped / (frames + dropped),
        decoding: grown(was?.decodeTime, video.decodeTime) / seconds,
        waitMs: emitted === 0 ? 0 : Math.round((waited / emitted) * 1000),
      },
    ];
  });
  const sent = after.layers.flatMap((layer): SentLayer[] => {
    const was = layersBefore.get(layer.id);
    const frames = grown(was?.frames, layer.frames);
    if (frames === 0) return [];
    const { limited } = layer;
    return [
      {
        mid: layer.mid,
        rid: layer.rid,
        height: layer.height,
        fps: Math.round(frames / seconds),
        kbps: kbps(was?.bytes, layer.bytes),
        limited: limited === 'cpu' || limited === 'bandwidth' ? limited : null,
      },
    ];
  });
  const pairsBefore = new Map(before.pairs.map((w) => [w.id, w]));
  let [down, up] = [0, 0];
  for (const pair of after.pairs) {
    // A new pair has carried all of its bytes since the earlier moment.
    const was = pairsBefore.get(pair.id);
    down += grown(was?.received ?? 0, pair.received);
    up += grown(was?.sent ?? 0, pair.sent);
  }
  const lost = grown(before.lost, after.lost);
  const total = lost + grown(before.packetsIn, after.packetsIn);
  return {
    received,
    sent,
    downKbps: kbps(0, down),
    upKbps: kbps(0, up),
    lossDown: total === 0 ? 0 : lost / total,
    lossUp: after.lossUp,
    rttMs: after.rtt === null ? null : Math.round(after.rtt * 1000),
    protocol: after.protocol,
    roomUpKbps: after.roomUp === null ? null : Math.round(after.roomUp / 1000),
  };
}
