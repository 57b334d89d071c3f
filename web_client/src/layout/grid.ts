/*
 * Where tiles go: a fixed ladder of grids, then pages.
 *
 * Pure. A ladder, not the best fit for each count: pictures keep their place and
 * size while people come and go, and jump only at its steps.
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
  // Upright areas stack two; lying ones put them side by side.
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
  /** Rows that hold a tile: fewer than the ladder's while it is not full. */
  readonly used: number;
  /** Index of the first tile of a last row that is not full; -1: it is full. */
  readonly lastRow: number;
  /** Where that tile begins, in half columns counted from 1, to centre its row. */
  readonly lastStart: number;
}

/** How `count` tiles fill a grid, so that a last row that is not full is centred. */
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
  /** Counted from 0; what was asked for, brought into range. */
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
 * Height of a picture of 16:9 in a box of CSS pixels, in device pixels; the server
 * sends no more. `cover` fills the box and loses an edge, `contain` shows it all.
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
