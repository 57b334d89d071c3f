/*
 * The simulcast layers of each video source, as encodings of the browser.
 *
 * Pure: from what is captured, what the server wants and how it is to look, to the
 * parameters of one sender. `encoder.ts` puts them on it.
 */
import type { SourceName } from '../protocol';

export type VideoSource = Extract<SourceName, 'camera' | 'screen'>;

/** What a shared picture is for: text that is read, or motion that is watched. */
export type Style = 'sharp' | 'motion';

interface Layer {
  readonly rid: string;
  /** How many times smaller than captured, in width and in height. */
  readonly scale: number;
  readonly bps: number;
}

/**
 * Lowest first, as the server counts them. The rates are what VP8 needs for 180,
 * 360 and 720 lines of a talking head; the server's budget is counted on them.
 */
const CAMERA_LAYERS: readonly Layer[] = [
  { rid: 'q', scale: 4, bps: 120_000 },
  { rid: 'h', scale: 2, bps: 450_000 },
  { rid: 'f', scale: 1, bps: 1_500_000 },
];

/** Text stays sharp while scrolling; the half size is for thin links and tiles. */
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
 * Firefox starts a layer of 720 lines or more only once it believes in 1.2 Mbit/s
 * above the layers below it (`VideoStreamFactory`), and finds such room late or never
 * where pictures are still: its screens would stand at half their size, unread. As
 * the only layer a screen is sent in full at once. Price: a viewer whose link is too
 * thin for it has no smaller one to fall back to.
 */
export const negotiated = (source: VideoSource, gecko: boolean): number =>
  gecko && source === 'screen' ? 1 : LAYERS[source].length;

/** Slides change seldom: frames not sent are bits for sharper ones. */
const SHARP_FPS = 8;
const MOTION_FPS = 30;

const TALL_LINES = 540; // from here three sizes are worth their encoders
const MIDDLE_LINES = 270; // from here two; below, half of it shows no face
/** Heights of the layers of a full camera, by number of layers in use. */
const USUAL_LINES = [180, 360, 720] as const;

/** How many layers a camera of so many lines is worth. */
export function cameraLayers(lines: number): number {
  if (lines >= TALL_LINES) return 3;
  return lines >= MIDDLE_LINES ? 2 : 1;
}

export interface Wanted {
  readonly source: VideoSource;
  /** Lines captured, the shorter side; null: not known. */
  readonly lines: number | null;
  /** The layers the server asked for, lowest = 0; null: it has not asked yet. */
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
 * Three frame rates in each layer where the codec can drop frames that nothing
 * builds on. VP9 and AV1 send one layer only, unless every encoding says a mode.
 */
export const scalability = (codec: string | null): string =>
  codec === 'H264' ? 'L1T1' : 'L1T3';

/**
 * Whether a watched layer keeps layer `index` going.
 *
 * Chromium's VP9 and AV1 encoders stall when a layer below a running one is off.
 */
const stands =
  (index: number, codec: string | null) =>
  (watched: number): boolean =>
    codec === 'VP9' || codec === 'AV1' ? watched >= index : watched === index;

/**
 * The encodings of a source, lowest first.
 *
 * `count` is how many the browser negotiated: with one, simulcast was not taken
 * and that one is the whole picture.
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
  // Of a camera that has become smaller, its largest layer stands for those above.
  const watched = layers?.map((index) => Math.min(index, used - 1));
  return plan.map((layer, index) => {
    const scale = Math.max(1, 2 ** (used - 1 - index));
    const usual = source === 'camera' ? (USUAL_LINES[index] ?? 0) : 0;
    const larger = lines !== null && usual > 0 ? lines / scale / usual : 1;
    return {
      ...common,
      rid: layer.rid,
      active: index < used && (watched?.some(stands(index, codec)) ?? true),
      scaleResolutionDownBy: scale,
      // A camera of 480 lines sends them all in the middle layer: give it more.
      maxBitrate: Math.round(
        layer.bps * (index < used ? Math.min(2, Math.max(1, larger)) : 1),
      ),
    };
  });
}

/**
 * What a new connection starts from. Its layers are known to the server by their
 * packets only: "nobody watches" told about the one before would leave it silent
 * for ever, so the lowest layer goes on until the server says it again.
 */
export const afresh = (layers: readonly number[] | null): readonly number[] | null =>
  layers?.length === 0 ? [0] : layers;
