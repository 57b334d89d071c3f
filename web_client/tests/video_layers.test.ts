import { describe, expect, it } from 'vitest';
import {
  afresh,
  cameraLayers,
  encodings,
  negotiated,
  scalability,
  type Wanted,
} from '../src/media/layers';

const CAMERA: Wanted = {
  source: 'camera',
  lines: 720,
  layers: null,
  style: 'sharp',
  codec: 'VP8',
};
const SCREEN: Wanted = { ...CAMERA, source: 'screen', lines: 1080 };

const active = (wanted: Wanted, count = 3): boolean[] =>
  encodings(wanted, count).map((e) => e.active === true);

describe('camera layers', () => {
  it('are three, the smallest first', () => {
    const all = encodings(CAMERA, 3);
    expect(all.map((e) => e.rid)).toEqual(['q', 'h', 'f']);
    expect(all.map((e) => e.scaleResolutionDownBy)).toEqual([4, 2, 1]);
    expect(all.map((e) => e.maxBitrate)).toEqual([120_000, 450_000, 1_500_000]);
    expect(all.map((e) => e.active)).toEqual([true, true, true]);
  });

  it('are switched by their numbers', () => {
    expect(active({ ...CAMERA, layers: [0, 2] })).toEqual([true, false, true]);
    expect(active({ ...CAMERA, layers: [] })).toEqual([false, false, false]);
  });

  it('are fewer for a small camera', () => {
    expect([1080, 720, 540].map(cameraLayers)).toEqual([3, 3, 3]);
    expect([480, 360, 270].map(cameraLayers)).toEqual([2, 2, 2]);
    expect([240, 144].map(cameraLayers)).toEqual([1, 1]);
    const vga = encodings({ ...CAMERA, lines: 480 }, 3);
    expect(vga.map((e) => e.active)).toEqual([true, true, false]);
    expect(vga.map((e) => e.scaleResolutionDownBy).slice(0, 2)).toEqual([2, 1]);
    expect(active({ ...CAMERA, lines: 240 })).toEqual([true, false, false]);
    expect(active({ ...CAMERA, lines: 240, layers: [2] })).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('get a higher bitrate for more lines, within limits', () => {
    const rates = (lines: number): (number | undefined)[] =>
      encodings({ ...CAMERA, lines }, 3).map((e) => e.maxBitrate);
    expect(rates(480)[1]).toBe(600_000);
    expect(rates(360)[1]).toBe(450_000);
    expect(rates(4320)[2]).toBe(3_000_000);
  });

  it('are one picture of full size without simulcast', () => {
    const [only, ...more] = encodings({ ...CAMERA, layers: [0] }, 1);
    expect(more).toEqual([]);
    expect(only).toMatchObject({
      active: true,
      scaleResolutionDownBy: 1,
      maxBitrate: 1_500_000,
    });
    expect(active({ ...CAMERA, layers: [] }, 1)).toEqual([false]);
  });
});

describe('screen layers', () => {
  it('are two, and keep their size whatever is shared', () => {
    const all = encodings({ ...SCREEN, lines: 300 }, 2);
    expect(all.map((e) => e.rid)).toEqual(['h', 'f']);
    expect(all.map((e) => e.scaleResolutionDownBy)).toEqual([2, 1]);
    expect(all.map((e) => e.maxBitrate)).toEqual([350_000, 2_500_000]);
  });

  it('are one in Firefox, which would start the large one late', () => {
    expect(negotiated('screen', false)).toBe(2);
    expect(negotiated('screen', true)).toBe(1);
    expect(negotiated('camera', true)).toBe(3);
    const [only] = encodings(SCREEN, 1);
    expect(only).toMatchObject({ scaleResolutionDownBy: 1, maxBitrate: 2_500_000 });
    expect(only?.rid).toBeUndefined();
  });

  it('have a low frame rate for text and the full one for a film', () => {
    const frames = (style: Wanted['style']): (number | undefined)[] =>
      encodings({ ...SCREEN, style }, 2).map((e) => e.maxFramerate);
    expect(frames('sharp')).toEqual([8, 8]);
    expect(frames('motion')).toEqual([30, 30]);
    expect(encodings({ ...CAMERA, style: 'sharp' }, 3)[0]?.maxFramerate).toBe(30);
  });
});

it('uses a scalability mode that the codec supports', () => {
  expect(['VP8', 'VP9', 'AV1', null].map(scalability)).toEqual(
    Array.from({ length: 4 }, () => 'L1T3'),
  );
  expect(scalability('H264')).toBe('L1T1');
});

it('starts a connection with at least one layer', () => {
  expect(afresh([])).toEqual([0]);
  expect(afresh([1])).toEqual([1]);
  expect(afresh(null)).toBeNull();
});
