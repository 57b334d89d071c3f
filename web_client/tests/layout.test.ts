import { describe, expect, it } from 'vitest';
import { arrange, tiled, type Arrangement, type Choices } from '../src/layout/arrange';
import {
  gridRows,
  gridShape,
  pageOf,
  pictureHeight,
  stripShape,
} from '../src/layout/grid';
import {
  Pace,
  sameView,
  viewSet,
  type Measured,
  type Wishes,
} from '../src/layout/viewset';
import { STEPS } from '../src/media/strain';
import type { ViewSet } from '../src/protocol';
import { participant, roomInfo, slot, view } from './support';

const USUAL: Choices = { layout: 'stage', pinned: null, selfShown: true };
const camera = {
  tracks: [{ source: 'camera' as const, codec: 'VP8' as const, muted: false }],
};
const screen = {
  tracks: [{ source: 'screen' as const, codec: 'VP8' as const, muted: false }],
};

describe('the series of grids', () => {
  it.each([
    [1, 1, 1],
    [2, 2, 1],
    [3, 2, 2],
    [4, 2, 2],
    [5, 3, 3],
    [9, 3, 3],
    [16, 4, 4],
    [17, 4, 4],
  ])('%i tiles at 1280 px: %i by %i', (count, columns, rows) => {
    expect(gridShape(count, 1280, 640)).toEqual({ columns, rows });
  });

  it('stacks two in portrait and never overflows a narrow screen', () => {
    expect(gridShape(2, 320, 560)).toEqual({ columns: 1, rows: 2 });
    expect(gridShape(16, 320, 560)).toEqual({ columns: 2, rows: 3 });
    expect(gridShape(5, 200, 100)).toEqual({ columns: 1, rows: 1 });
  });
});

describe('rows of the grid', () => {
  it.each([
    [3, 2, 2, 2, 2],
    [5, 3, 2, 3, 2],
    [7, 3, 3, 6, 3],
    [10, 4, 3, 8, 3],
    [1, 1, 1, -1, 1],
    [4, 2, 2, -1, 1],
    [0, 1, 1, -1, 1],
  ])('%i tiles in %i columns', (count, columns, used, lastRow, lastStart) => {
    expect(gridRows(count, columns)).toEqual({ used, lastRow, lastStart });
  });
});

describe('pages', () => {
  const items = Array.from({ length: 17 }, (_, i) => i);

  it('has a second page for the seventeenth tile', () => {
    expect(pageOf(items, 16, 1)).toEqual({ items: [16], page: 1, pages: 2 });
  });

  it('replaces a page that does not exist any more by the last one', () => {
    expect(pageOf(items, 16, 7).page).toBe(1);
    expect(pageOf([], 16, 3)).toEqual({ items: [], page: 0, pages: 1 });
    expect(pageOf(items, 16, -1).page).toBe(0);
  });
});

describe('sizes', () => {
  it('computes the height of a picture in its tile', () => {
    const box = { width: 640, height: 360 };
    expect(pictureHeight(box, 'cover', 1)).toBe(360);
    expect(pictureHeight(box, 'cover', 2)).toBe(720);
    const upright = { width: 320, height: 900 };
    expect(pictureHeight(upright, 'cover', 1)).toBe(900);
    expect(pictureHeight(upright, 'contain', 1)).toBe(180);
    expect(pictureHeight({ width: 0, height: 0 }, 'cover', 1)).toBe(1);
    expect(pictureHeight({ width: 1e4, height: 1e4 }, 'cover', 3)).toBe(4320);
  });

  it('has two to six tiles in the strip', () => {
    expect(stripShape(1280).count).toBe(6);
    expect(stripShape(320).count).toBe(2);
  });
});

describe('the arrangement', () => {
  const three = view({
    participants: [
      participant('me'),
      participant('chair', { role: 'moderator', ...camera }),
      participant('ann', camera),
    ],
    room: roomInfo({ stage: 'ann' }),
  });

  it('lists connected participants before disconnected ones', () => {
    const camera = {
      tracks: [{ source: 'camera' as const, codec: 'VP8' as const, muted: false }],
    };
    const away = view({
      participants: [
        participant('me'),
        participant('chair', { role: 'moderator', connected: false, ...camera }),
        participant('ann', camera),
      ],
      room: roomInfo({ stage: 'me' }),
    });
    expect(arrange(away, USUAL)).toMatchObject({
      stage: 'ann',
      tiles: ['me', 'chair'],
    });
  });

  it("follows the room's stage and shows the others beside it", () => {
    expect(arrange(three, USUAL)).toEqual({
      mode: 'stage',
      content: null,
      stage: 'ann',
      ownStage: null,
      tiles: ['me', 'chair'],
    });
  });

  it("prefers a pin to the room's choice and to the grid", () => {
    const pinned = arrange(three, { ...USUAL, layout: 'grid', pinned: 'chair' });
    expect(pinned.mode).toBe('stage');
    expect(pinned.stage).toBe('chair');
    expect(pinned.ownStage).toBe('chair');
  });

  it('forgets the pin of a participant who left', () => {
    expect(arrange(three, { ...USUAL, pinned: 'gone' }).stage).toBe('ann');
  });

  it('gives a shared screen the stage and keeps the presenter beside it', () => {
    const sharing = view({
      participants: [participant('me'), participant('ann', screen)],
      room: roomInfo({ stage: 'ann' }),
    });
    const now = arrange(sharing, { ...USUAL, layout: 'grid' });
    expect(now).toMatchObject({ mode: 'stage', content: 'ann', stage: 'ann' });
  });

  it('shows the screen that the content slot carries when two share', () => {
    const sharing = view({
      participants: [participant('a', screen), participant('b', screen)],
      slots: [slot('0', 'b', 'screen')],
    });
    expect(arrange(sharing, USUAL).content).toBe('b');
  });

  it('shows another person to the participant on the stage', () => {
    const mine = view({
      participants: [participant('me', camera), participant('ann', camera)],
      room: roomInfo({ stage: 'me' }),
    });
    expect(arrange(mine, USUAL)).toMatchObject({ stage: 'ann', ownStage: 'ann' });
  });

  it('shows the user on the stage only while alone', () => {
    const alone = view({
      participants: [participant('me', camera)],
      room: roomInfo({ stage: 'me' }),
    });
    expect(arrange(alone, USUAL)).toMatchObject({
      stage: 'me',
      ownStage: null,
      tiles: [],
    });
  });

  it('moves no tile when a participant speaks', () => {
    const speaking = { ...three, speakers: ['chair'] };
    expect(arrange(speaking, USUAL)).toEqual(arrange(three, USUAL));
    const grid: Choices = { ...USUAL, layout: 'grid' };
    expect(arrange(speaking, grid)).toEqual(arrange(three, grid));
    expect(arrange(three, grid).tiles).toEqual(['me', 'chair', 'ann']);
  });

  it('gives listeners a tile only in a small room', () => {
    const listeners = (count: number) =>
      view({
        participants: [
          participant('me'),
          ...Array.from({ length: count }, (_, i) =>
            participant(`r${i}`, { role: 'researcher' }),
          ),
        ],
      });
    expect(tiled(listeners(3), true)).toHaveLength(4);
    expect(tiled(listeners(30), true)).toEqual(['me']);
    expect(tiled(listeners(3), false)).toHaveLength(3);
  });
});

describe('the request to the server', () => {
  const arrangement = (change: Partial<Choices> = {}, stage = 'a'): Arrangement =>
    arrange(
      view({
        participants: [participant('me'), participant('a'), participant('b')],
        room: roomInfo({ stage }),
      }),
      { ...USUAL, ...change },
    );
  const [free] = STEPS;
  if (!free) throw new Error('no first step');
  const WISHES: Wishes = { receive: 'auto', limit: free, visible: true };
  const measured = (tiles: Record<string, number>): Measured => ({
    stage: 700,
    content: 640,
    tiles: new Map(Object.entries(tiles)),
  });

  it('lists neither the user nor the stage, and the height of all others', () => {
    const asked = viewSet(arrangement(), measured({ me: 112, b: 112 }), WISHES, 'me');
    expect(asked).toEqual({
      stage: null,
      tiles: [{ participant: 'b', max_height: 112 }],
      stage_height: 700,
      content_height: 960,
      receive: 'auto',
    });
  });

  it('requests the stage at the size of its tile, and nothing on another page', () => {
    const grid = arrangement({ layout: 'grid' });
    const here = viewSet(grid, measured({ a: 240, b: 240 }), WISHES, 'me');
    expect(here.stage_height).toBe(240);
    expect(here.tiles).toEqual([{ participant: 'b', max_height: 240 }]);
    expect(viewSet(grid, measured({ b: 240 }), WISHES, 'me').stage_height).toBe(0);
  });

  it('requests no picture while the tab is hidden, nor with sound only', () => {
    const nothing = { tiles: [], stage_height: 0, content_height: 0 };
    const tiles = measured({ b: 112 });
    const hidden = { ...WISHES, visible: false };
    expect(viewSet(arrangement(), tiles, hidden, 'me')).toMatchObject(nothing);
    const byEar: Wishes = { ...WISHES, receive: 'audio' };
    expect(viewSet(arrangement(), tiles, byEar, 'me')).toMatchObject({
      ...nothing,
      receive: 'audio',
    });
  });

  it('keeps a pin in every layout', () => {
    const pinned = arrangement({ pinned: 'b' });
    const hidden = { ...WISHES, visible: false };
    expect(viewSet(pinned, measured({}), hidden, 'me').stage).toBe('b');
  });

  it('requests no more than a slow computer can decode', () => {
    const many = measured(
      Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`p${i}`, 240])),
    );
    const at = (step: number): ViewSet =>
      viewSet(arrangement(), many, { ...WISHES, limit: STEPS[step] ?? free }, 'me');
    expect(at(1).stage_height).toBe(360);
    expect(at(1).content_height).toBe(960);
    expect(at(3).content_height).toBe(540);
    expect(at(2).tiles[0]?.max_height).toBe(180);
    expect(at(3).tiles).toHaveLength(4);
    expect(at(4).tiles).toEqual([]);
  });

  it('detects that nothing has changed', () => {
    const one = viewSet(arrangement(), measured({ b: 240 }), WISHES, 'me');
    expect(sameView(null, one)).toBe(false);
    expect(sameView(one, structuredClone(one))).toBe(true);
    expect(sameView(one, { ...one, stage: 'b' })).toBe(false);
    expect(sameView(one, { ...one, tiles: [] })).toBe(false);
    expect(sameView(one, { ...one, stage_height: 699 })).toBe(false);
    expect(sameView(one, { ...one, content_height: 0 })).toBe(false);
    expect(sameView(one, { ...one, receive: 'saver' })).toBe(false);
  });

  it('sends at once after a pause, and only the last of many updates later', () => {
    const pace = new Pace(200);
    expect(pace.due(1000)).toBe(0);
    expect(pace.due(1050)).toBe(150);
    expect(pace.due(1200)).toBe(0);
    expect(pace.due(9000)).toBe(0);
  });
});
