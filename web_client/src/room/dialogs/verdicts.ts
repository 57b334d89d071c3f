/*
 * Findings about the connection, worst first.
 *
 * Pure: derives keys of texts from the figures of this client and the server's reports.
 */
import type { Figures } from '../../media/figures';
import type { Quality, Trouble } from '../../media/quality';
import type { LinkChanged } from '../../protocol';
import type { Receive } from '../../state/settings';

/**
 * What is known of the media connections. Only `measured`, for which all legs are
 * connected, can lead to the finding that everything is all right.
 */
export type MediaState =
  /** This browser has no WebRTC. */
  | { readonly state: 'unable' }
  /** The connection to the server is lost. */
  | { readonly state: 'lost' }
  | { readonly state: 'measuring' }
  | { readonly state: 'trouble'; readonly trouble: Trouble['trouble'] }
  | { readonly state: 'measured'; readonly figures: Figures };

/**
 * The state of the media connections from the last sample; `expected`: the server should
 * be sending media to this viewer.
 */
export function mediaState(
  lost: boolean,
  quality: Quality | null,
  figures: Figures | null,
  expected: boolean,
): MediaState {
  if (lost) return { state: 'lost' };
  if (quality?.trouble) return { state: 'trouble', trouble: quality.trouble };
  if (quality === null || figures === null) return { state: 'measuring' };
  // Nothing arrived in two seconds: a single such sample is not yet a fault, but does
  // not prove a good connection either.
  if (expected && figures.downKbps === 0) return { state: 'measuring' };
  return { state: 'measured', figures };
}

export interface Known {
  readonly media: MediaState;
  /** The server's report on the link to this viewer. */
  readonly link: LinkChanged | null;
  /** Steps by which pictures were reduced for a slow computer. */
  readonly strained: number;
  /** Milliseconds that pictures wait for retransmissions; null: they do not. */
  readonly waitMs: number | null;
  readonly receive: Receive;
}

export interface Verdict {
  /** Key of the text. */
  readonly key: string;
  readonly args?: Readonly<Record<string, number>>;
}

const LOSS_FELT = 0.02; // from here pictures wait for resent packets
const SLOW_MS = 300; // from here people begin to speak at the same time
const FEWER_TILES_FROM = 3; // the first of `STEPS` that leaves out pictures

const percent = (share: number): number => Math.max(1, Math.round(share * 100));

const figuresOf = ({ media }: Known): Figures | null =>
  media.state === 'measured' ? media.figures : null;

/** Share of packets lost on the downlink: measured here, or by the server. */
export function lossDown(known: Known): number {
  return Math.max(figuresOf(known)?.lossDown ?? 0, known.link?.loss ?? 0);
}

export function verdicts(known: Known): readonly Verdict[] {
  const { media, link, strained, receive } = known;
  const figures = figuresOf(known);
  if (media.state === 'lost') return [{ key: 'verdict-lost' }];
  if (media.state === 'unable') return [{ key: 'verdict-unable' }];
  const found: Verdict[] = [];
  if (media.state === 'trouble') found.push({ key: `verdict-${media.trouble}` });
  const loss = lossDown(known);
  const reduced = link?.reduced ?? null;
  if (loss >= LOSS_FELT) {
    found.push({
      key: reduced === 'link' ? 'verdict-loss-reduced' : 'verdict-loss',
      args: { loss: percent(loss) },
    });
  } else if (reduced === 'link') {
    const kbps = link?.down_kbps ?? null;
    found.push(
      kbps === null
        ? { key: 'verdict-thin' }
        : { key: 'verdict-thin-rate', args: { kbps } },
    );
  }
  if (known.waitMs !== null) {
    found.push({ key: 'verdict-waits', args: { wait: known.waitMs } });
  }
  if (figures && (figures.lossUp ?? 0) >= LOSS_FELT) {
    found.push({
      key: 'verdict-loss-up',
      args: { loss: percent(figures.lossUp ?? 0) },
    });
  }
  if (figures?.protocol === 'tcp') found.push({ key: 'verdict-tcp' });
  if (figures && (figures.rttMs ?? 0) >= SLOW_MS) {
    found.push({ key: 'verdict-slow', args: { rtt: figures.rttMs ?? 0 } });
  }
  if (strained >= FEWER_TILES_FROM) found.push({ key: 'verdict-strained-fewer' });
  else if (strained > 0) found.push({ key: 'verdict-strained' });
  const held = new Set(figures?.sent.map((layer) => layer.limited));
  if (held.has('cpu')) found.push({ key: 'verdict-send-cpu' });
  if (held.has('bandwidth')) found.push({ key: 'verdict-send-link' });
  if (reduced === 'operator') found.push({ key: 'verdict-operator' });
  if (receive === 'saver') found.push({ key: 'verdict-saver' });
  if (receive === 'audio') found.push({ key: 'verdict-audio' });
  if (found.length === 0 && figures) found.push({ key: 'verdict-good' });
  return found;
}

/** Figures as lines of text in English, for the administrator of the server. */
export function report(known: Known, level: number | null): string {
  const { link } = known;
  const figures = figuresOf(known);
  const lines = [
    `quality: ${level ?? '-'}  media: ${known.media.state === 'trouble' ? known.media.trouble : known.media.state}  receive: ${known.receive}  strained: ${known.strained}  waits: ${known.waitMs ?? 'no'}`,
    `route: ${figures?.protocol ?? '-'}  rtt: ${figures?.rttMs ?? '-'} ms`,
    `down: ${figures?.downKbps ?? '-'} kbit/s  lost: ${share(figures?.lossDown)}`,
    `up: ${figures?.upKbps ?? '-'} kbit/s  lost: ${share(figures?.lossUp)}  room: ${figures?.roomUpKbps ?? '-'} kbit/s`,
    link
      ? `server: ${link.down_kbps ?? '-'} kbit/s  lost: ${share(link.loss)}  rtt: ${link.rtt_ms ?? '-'} ms  reduced: ${link.reduced ?? 'no'}`
      : 'server: -',
    ...(figures?.received ?? []).map(
      (r) =>
        `in ${r.mid}: ${r.height} lines  ${r.fps} fps  ${r.kbps} kbit/s  dropped ${share(r.dropped)}  decoding ${share(r.decoding)}  waits ${r.waitMs} ms`,
    ),
    ...(figures?.sent ?? []).map(
      (s) =>
        `out ${s.mid} ${s.rid}: ${s.height} lines  ${s.fps} fps  ${s.kbps} kbit/s  limited: ${s.limited ?? 'no'}`,
    ),
  ];
  return lines.join('\n');
}

const share = (value: number | null | undefined): string =>
  value === null || value === undefined ? '-' : `${(value * 100).toFixed(1)} %`;
