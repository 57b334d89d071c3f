/*
 * The simulcast layers of each video source, as encodings of the browser.
 *
 * Pure: derives the parameters of one sender from the size of the picture, the layers that
 * the server requested and the style. `encoder.ts` applies them.
 */
import type { SourceName } from '../protocol';

export type VideoSource = Extract<SourceName, 'camera' | 'screen'>;

/** What a shared picture is optimised for: sharp text, or smooth motion. */
export type Style = 'sharp' | 'motion';

interface Layer {
  readonly rid: string;
  /** Factor by which width and height are smaller than captured. */
  readonly scale: number;
  readonly bps: number;
}

/**
 * Lowest first, as the server numbers them. VP8 needs these rates for a person who talks,
 * in 180, 360 and 720 lines; the server's allocation assumes them.
 */
const CAMERA_LAYERS: readonly Layer[] = [
  { rid: 'q', scale: 4, bps: 120_000 },
  { rid: 'h', scale: 2, bps: 450_000 },
  { rid: 'f', scale: 1, bps: 1_500_000 },
];

/** Text stays sharp while it scrolls; the half size is for slow links and for tiles. */
const SCREEN_LAYERS: readonly Layer[] = [
  { rid: 'h', scale: 2, bps: 350_000 },
  { rid: 'f', scale: 1, bps: 2_500_000 },
];

export const LAYERS: Readonly<Record<VideoSource, readonly Layer[]>> = {
  camera: CAMERA_LAYERS,
  screen: SCREEN_LAYERS,
};

/**
 * How many of its layers a source is negotiated with.
 *
 * Firefox starts a layer of 720 lines or more only once it estimates 1.2 Mbit/s above the
 * layers below it (`VideoStreamFactory`). With still pictures it reaches that estimate
 * late or never, and screens would stay at half their size, unreadable. As its only layer
 * a screen is sent in full size at once. The price: viewers on slow links have no smaller
 * layer to fall back to.
 */
export const negotiated = (source: VideoSource, gecko: boolean): number =>
  gecko && source === 'screen' ? 1 : LAYERS[source].length;

/** Slides change rarely: fewer frames leave more bits for each. */
const SHARP_FPS = 8;
const MOTION_FPS = 30;

const TALL_LINES = 540; // from here three layers are worth their encoders
const MIDDLE_LINES = 270; // from here two; below, half the size shows no face
/** Usual heights of a camera's layers, lowest first. */
const USUAL_LINES = [180, 360, 720] as const;

/** The number of layers for a camera of this many lines. */
export function cameraLayers(lines: number): number {
  if (lines >= TALL_LINES) return 3;
  return lines >= MIDDLE_LINES ? 2 : 1;
}

export interface Wanted {
  readonly source: VideoSource;
  /** Lines captured, the shorter side; null: not known. */
  readonly lines: number | null;
  /** The layers that the server requested, lowest = 0; null: none requested yet. */
  readonly layers: readonly number[] | null;
  readonly style: Style;
  /** Negotiated codec in capitals; null: not negotiated. */
  readonly codec: string | null;
}

export type Encoding = Pick<
  RTCRtpEncodingParameters,
  'active' | 'maxBitrate' | 'maxFramerate' | 'rid' | 'scaleResolutionDownBy'
> & { scalabilityMode?: string };

/**
 * Three temporal layers where the codec supports them. VP9 and AV1 send a single
 * simulcast layer unless every encoding names a mode.
 */
export const scalability = (codec: string | null): string =>
  codec === 'H264' ? 'L1T1' : 'L1T3';

/**
 * Whether a watched layer requires layer `index` to be encoded.
 *
 * Chromium's VP9 and AV1 encoders stall when a layer below a running one is off.
 */
const requires =
  (index: number, codec: string | null) =>
  (watched: number): boolean =>
    codec === 'VP9' || codec === 'AV1' ? watched >= index : watched === index;

/**
 * The encodings of a source, lowest first.
 *
 * `count` is the number that the browser negotiated: one means that simulcast was not
 * accepted, and the single encoding has the full size.
 */
export function encodings(wanted: Wanted, count: number): Encoding[] {
  const { source, lines, layers, style, codec } = wanted;
  const plan = LAYERS[source];
  const frames = source === 'screen' && style === 'sharp' ? SHARP_FPS : MOTION_FPS;
  const common = { maxFramerate: frames, scalabilityMode: scalability(codec) };
  const top = plan.at(-1);
  if (count < plan.length) {
    const active = layers === null || layers.length > 0;
    return [{ ...common, active, scaleResolutionDownBy: 1, maxBitrate: top?.bps ?? 0 }];
  }
  const used =
    source === 'camera' && lines !== null ? cameraLayers(lines) : plan.length;
  // When a camera has become smaller, its largest layer replaces those above.
  const watched = layers?.map((index) => Math.min(index, used - 1));
  return plan.map((layer, index) => {
    const scale = Math.max(1, 2 ** (used - 1 - index));
    const usual = source === 'camera' ? (USUAL_LINES[index] ?? 0) : 0;
    const larger = lines !== null && usual > 0 ? lines / scale / usual : 1;
    return {
      ...common,
      rid: layer.rid,
      active: index < used && (watched?.some(requires(index, codec)) ?? true),
      scaleResolutionDownBy: scale,
      // A camera of 480 lines sends its full size in the middle layer, which needs
      // more.
      maxBitrate: Math.round(
        layer.bps * (index < used ? Math.min(2, Math.max(1, larger)) : 1),
      ),
    };
  });
}

/**
 * The layers that a new connection starts with. The server learns of its layers from
 * their packets only: if "nobody watches" of the previous connection still held, nothing
 * would ever be sent. So the lowest layer is sent until the server repeats its request.
 */
export const afresh = (layers: readonly number[] | null): readonly number[] | null =>
  layers?.length === 0 ? [0] : layers;
