/* Which video codecs this browser can send, and in which order it offers them. */
import type { CodecChoice } from '../state/settings';

type Codec = Pick<RTCRtpCodec, 'mimeType'>;

const ORDER: readonly Exclude<CodecChoice, 'auto'>[] = ['VP8', 'VP9', 'H264', 'AV1'];

const named = (codec: Codec): string =>
  codec.mimeType.replace(/^video\//i, '').toUpperCase();

/** The choices for the user: `auto` and the codecs that the browser can send. */
export function codecChoices(codecs: readonly Codec[]): readonly CodecChoice[] {
  const names = new Set(codecs.map(named));
  return ['auto', ...ORDER.filter((name) => names.has(name))];
}

/**
 * Codecs in order of preference: the chosen one, then VP8, which viewers that cannot
 * decode the chosen one can decode. With `auto` VP8 comes first for the same reason.
 * Repair formats (rtx, red, fec) keep their place at the end.
 */
export function preferred<C extends Codec>(
  codecs: readonly C[],
  choice: CodecChoice,
): C[] {
  const rank = (codec: C): number => {
    const name = named(codec);
    if (choice !== 'auto' && name === choice) return 0;
    if (name === 'VP8') return 1;
    return (ORDER as readonly string[]).includes(name) ? 2 : 3;
  };
  return [...codecs].sort((a, b) => rank(a) - rank(b));
}

export function sendable(): readonly RTCRtpCodec[] {
  return globalThis.RTCRtpSender?.getCapabilities?.('video')?.codecs ?? [];
}
