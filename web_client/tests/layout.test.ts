import { describe, expect, it } from 'vitest';
import { arrange, tiled, type Choices } from '../src/layout/arrange';
import {
  gridRows,
  gridShape,
  pageOf,
  stripShape,
  tileHeight,
} from '../src/layout/grid';
import { sameView, viewSet } from '../src/layout/viewset';
import { participant, slot, view } from './support';

const USUAL: Choices = { layout: 'stage', pinned: null, selfShown: true };
const camera = { tracks: [{ source: 'camera' as const, muted: false }] };
const screen = { tracks: [{ source: 'screen' as const, muted: false }] };

describe('the ladder of grids', () => {
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

  it('stacks two on an upright screen and never overflows a narrow one', () => {
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

  it('brings a page that is no more into range', () => {
    expect(pageOf(items, 16, 7).page).toBe(1);
    expect(pageOf([], 16, 3)).toEqual({ items: [], page: 0, pages: 1 });
    expect(pageOf(items, 16, -1).page).toBe(0);
  });
});

describe('sizes', () => {
  it('asks for what a tile shows, in device pixels', () => {
    expect(tileHeight({ columns: 2, rows: 2 }, 1280, 720, 1)).toBe(360);
    expect(tileHeight({ columns: 2, rows: 2 }, 1280, 720, 2)).toBe(720);
    expect(tileHeight({ columns: 1, rows: 1 }, 320, 900, 1)).toBe(180);
  });

  it('keeps at most six in the strip and at least two', () => {
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
    room: { id: 'room', title: 'T', organisation: 'O', stage: 'ann' },
  });

  it('follows the room and shows the others beside', () => {
    expect(arrange(three, USUAL)).toEqual({
      mode: 'stage',
      content: null,
      stage: 'ann',
      ownStage: null,
      tiles: ['me', 'chair'],
    });
  });

  it('lets a pin win over the room and over the grid', () => {
    const pinned = arrange(three, { ...USUAL, layout: 'grid', pinned: 'chair' });
    expect(pinned.mode).toBe('stage');
    expect(pinned.stage).toBe('chair');
    expect(pinned.ownStage).toBe('chair');
  });

  it('forgets a pin of somebody who left', () => {
    expect(arrange(three, { ...USUAL, pinned: 'gone' }).stage).toBe('ann');
  });

  it('gives a shared screen the stage and keeps the presenter beside it', () => {
    const sharing = view({
      participants: [participant('me'), participant('ann', screen)],
      room: { id: 'room', title: 'T', organisation: 'O', stage: 'ann' },
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

  it('puts somebody else on the stage of whoever is on it', () => {
    const mine = view({
      participants: [participant('me', camera), participant('ann', camera)],
      room: { id: 'room', title: 'T', organisation: 'O', stage: 'me' },
    });
    expect(arrange(mine, USUAL)).toMatchObject({ stage: 'ann', ownStage: 'ann' });
  });

  it('shows oneself large only while alone', () => {
    const alone = view({
      participants: [participant('me', camera)],
      room: { id: 'room', title: 'T', organisation: 'O', stage: 'me' },
    });
    expect(arrange(alone, USUAL)).toMatchObject({
      stage: 'me',
      ownStage: null,
      tiles: [],
    });
  });

  it('moves nobody because somebody speaks', () => {
    const speaking = { ...three, speakers: ['chair'] };
    expect(arrange(speaking, USUAL)).toEqual(arrange(three, USUAL));
    const grid: Choices = { ...USUAL, layout: 'grid' };
    expect(arrange(speaking, grid)).toEqual(arrange(three, grid));
    expect(arrange(three, grid).tiles).toEqual(['me', 'chair', 'ann']);
  });

  it('gives listeners a tile in a small room only', () => {
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

describe('what the server is asked for', () => {
  const arrangement = arrange(
    view({
      participants: [participant('me'), participant('a'), participant('b')],
      room: { id: 'room', title: 'T', organisation: 'O', stage: 'a' },
    }),
    { ...USUAL, layout: 'grid' },
  );

  it('lists neither oneself nor the stage', () => {
    const shown = { shown: ['me', 'a', 'b'], height: 240, visible: true };
    expect(viewSet(arrangement, shown, 'me')).toEqual({
      stage: null,
      tiles: [{ participant: 'b', max_height: 240 }],
    });
  });

  it('asks for no tile while the tab is hidden', () => {
    const hidden = { shown: ['b'], height: 240, visible: false };
    expect(viewSet(arrangement, hidden, 'me').tiles).toEqual([]);
  });

  it('knows when nothing changed', () => {
    const one = { stage: null, tiles: [{ participant: 'b', max_height: 240 }] };
    expect(sameView(null, one)).toBe(false);
    expect(sameView(one, structuredClone(one))).toBe(true);
    expect(sameView(one, { stage: 'b', tiles: one.tiles })).toBe(false);
    expect(sameView(one, { stage: null, tiles: [] })).toBe(false);
  });
});
