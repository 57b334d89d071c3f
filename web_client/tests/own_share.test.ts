import { describe, expect, it } from 'vitest';
import { ownShareKey } from '../src/room/stage/own_share';

describe('the text on the own shared picture', () => {
  it.each([
    [false, false, 'screen-own'],
    [true, false, 'screen-own-camera'],
    [false, true, 'screen-own-lost'],
    [true, true, 'screen-own-lost'],
  ])('camera %j, connection lost %j: %s', (camera, lost, key) => {
    expect(ownShareKey(camera, lost)).toBe(key);
  });
});
