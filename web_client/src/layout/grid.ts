/*
 * The positions of tiles: a fixed series of grid sizes, then pages.
 *
 * Pure. With a series of sizes, instead of the best fit for each number, pictures keep
 * their place and size while people come and go; they move only when the size changes.
 */
export interface Shape {
  readonly columns: number;
  readonly rows: number;
}

interface Step extends Shape {
  readonly minWidth: number;
  readonly minHeight: number;
  readonly maxWidth?: number;
}

const LADDER: readonly Step[] = [
  { columns: 1, rows: 1, minWidth: 0, minHeight: 0 },
  { columns: 2, rows: 1, minWidth: 560, minHeight: 0 },
  { columns: 1, rows: 2, minWidth: 0, minHeight: 0 },
  { columns: 2, rows: 2, minWidth: 300, minHeight: 0 },
  { columns: 2, rows: 3, minWidth: 300, minHeight: 480, maxWidth: 760 },
  { columns: 3, rows: 3, minWidth: 760, minHeight: 360 },
  { columns: 4, rows: 4, minWidth: 900, minHeight: 480 },
];

/** The grid for `count` tiles in an area of CSS pixels. */
export function gridShape(count: number, width: number, height: number): Shape {
  const fitting = LADDER.filter(
    (step) =>
      width >= step.minWidth &&
      height >= step.minHeight &&
      width < (step.maxWidth ?? Number.POSITIVE_INFINITY),
  );
  // In portrait two tiles are above each other, in landscape side by side.
  const candidates = fitting.filter(({ columns, rows }) =>
    columns * rows === 2 ? (columns === 2) === width >= height : true,
  );
  const chosen =
    candidates.find(({ columns, rows }) => columns * rows >= count) ??
    candidates.at(-1);
  return chosen
    ? { columns: chosen.columns, rows: chosen.rows }
    : { columns: 1, rows: 1 };
}

export interface Rows {
  /** Rows with at least one tile: fewer than the grid has while it is not full. */
  readonly used: number;
  /** Index of the first tile of a last row that is not full; -1: it is full. */
  readonly lastRow: number;
  /** First half column of that tile, counted from 1, so that its row is centred. */
  readonly lastStart: number;
}

/** How `count` tiles fill a grid; a last row that is not full is centred. */
export function gridRows(count: number, columns: number): Rows {
  const rest = count % columns;
  return {
    used: Math.max(1, Math.ceil(count / columns)),
    lastRow: rest === 0 ? -1 : count - rest,
    lastStart: rest === 0 ? 1 : columns - rest + 1,
  };
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Counted from 0: the requested page, limited to those that exist. */
  readonly page: number;
  readonly pages: number;
}

export function pageOf<T>(items: readonly T[], perPage: number, page: number): Page<T> {
  const size = Math.max(1, perPage);
  const pages = Math.max(1, Math.ceil(items.length / size));
  const kept = Math.min(Math.max(0, page), pages - 1);
  return { items: items.slice(kept * size, (kept + 1) * size), page: kept, pages };
}

/**
 * Height in device pixels of a 16:9 picture in a box of CSS pixels; the server sends no
 * more. `cover` fills the box and crops the picture, `contain` shows all of it.
 */
export function pictureHeight(
  box: { readonly width: number; readonly height: number },
  fit: 'cover' | 'contain',
  pixelRatio: number,
): number {
  const byWidth = (box.width * 9) / 16;
  const lines =
    fit === 'cover' ? Math.max(box.height, byWidth) : Math.min(box.height, byWidth);
  return Math.max(1, Math.min(4320, Math.round(lines * pixelRatio)));
}

/** How many tiles the strip under the stage holds, and how high they are. */
export function stripShape(width: number): { count: number; height: number } {
  const height = width < 640 ? 72 : 112;
  const tile = (height * 16) / 9 + 8;
  return { count: Math.min(6, Math.max(2, Math.floor(width / tile))), height };
}
