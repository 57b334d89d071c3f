/* Stage, strip and grid: measures the area, arranges tiles, reports sizes to the server. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ChevronLeft, ChevronRight } from 'lucide-preact';
import { Button, Live } from '../../design/parts';
import { arrange, type Arrangement } from '../../layout/arrange';
import {
  gridRows,
  gridShape,
  pageOf,
  pictureHeight,
  stripShape,
  type Shape,
} from '../../layout/grid';
import type { Measured } from '../../layout/viewset';
import type { RoomView } from '../../state/room';
import { layout, selfView } from '../../state/settings';
import { t } from '../../text';
import type { RoomProps } from '../seat/props';
import { ScreenTile } from './screen_tile';
import { Tile } from './tile';

interface Size {
  width: number;
  height: number;
}

function useSize(): [{ current: HTMLElement | null }, Size] {
  const element = useRef<HTMLElement | null>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      setSize({ width, height });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}

/** Heights of the pictures on the screen now. */
function measure(area: HTMLElement): Measured {
  const ratio = window.devicePixelRatio || 1;
  const height = (element: Element | null, fit: 'cover' | 'contain'): number =>
    element ? pictureHeight(element.getBoundingClientRect(), fit, ratio) : 0;
  const stage = area.querySelector('[data-place="stage"], [data-place="beside"]');
  const fit = stage?.matches('[data-place="stage"]') ? 'contain' : 'cover';
  const tiles = area.querySelectorAll<HTMLElement>('[data-place="small"]');
  return {
    // The first person on an empty stage is shown in full size at once.
    stage: height(stage ?? area, stage ? fit : 'contain'),
    content: height(
      area.querySelector('[data-testid="screen-tile"]') ?? area,
      'contain',
    ),
    tiles: new Map(
      [...tiles].map((tile) => [tile.dataset.participant ?? '', height(tile, 'cover')]),
    ),
  };
}

export function StageArea({ seat, controls }: RoomProps): JSX.Element | null {
  const [element, size] = useSize();
  const view = seat.view.value;
  const arrangement = view
    ? arrange(view, {
        layout: layout.value,
        pinned: seat.pinned.value,
        selfShown: selfView.value === 'shown',
      })
    : null;
  const grid = arrangement?.mode === 'grid';
  const strip = stripShape(size.width);
  const shape = gridShape(arrangement?.tiles.length ?? 0, size.width, size.height);
  const perPage = grid ? shape.columns * shape.rows : strip.count;
  const paged = pageOf(arrangement?.tiles ?? [], perPage, controls.page.value);

  controls.pages = paged.pages;
  useEffect(() => {
    // There may now be fewer pages than the current page's number.
    // Only then: a key pressed since this was drawn has moved to another page already.
    if (controls.page.peek() >= paged.pages) {
      controls.page.value = Math.max(0, paged.pages - 1);
    }
  }, [controls, paged.pages]);
  useEffect(() => {
    if (!view || !arrangement || size.width === 0 || !element.current) return;
    seat.viewing.show(arrangement, measure(element.current), view.self);
  });

  return (
    <section
      ref={(node: HTMLElement | null) => {
        element.current = node;
      }}
      class="stage-area on-stage"
      aria-label={t('stage')}
      data-mode={arrangement?.mode}
      data-testid="stage-area"
    >
      {view && arrangement && size.width > 0 ? (
        <Arranged
          {...{
            seat,
            controls,
            view,
            arrangement,
            shape,
            paged,
            stripCount: strip.count,
          }}
        />
      ) : null}
    </section>
  );
}

interface ArrangedProps extends RoomProps {
  view: RoomView;
  arrangement: Arrangement;
  shape: Shape;
  stripCount: number;
  paged: { items: readonly string[]; page: number; pages: number };
}

function Arranged(props: ArrangedProps): JSX.Element {
  const { seat, controls, view, arrangement, shape, paged } = props;
  const tile = (
    id: string,
    place: 'stage' | 'beside' | 'small',
  ): JSX.Element | null => {
    const participant = view.participants.get(id);
    return participant ? (
      <Tile key={id} {...{ seat, controls, participant, place }} />
    ) : null;
  };
  const pager =
    paged.pages > 1 ? (
      <Pager
        page={paged.page}
        pages={paged.pages}
        onMove={(by) => controls.movePage(by)}
      />
    ) : null;
  if (arrangement.mode === 'grid') {
    return (
      <>
        <Tiles class="grid" columns={shape.columns} rows={shape.rows}>
          {paged.items.map((id) => tile(id, 'small'))}
        </Tiles>
        {pager}
      </>
    );
  }
  const full = controls.full.on.value;
  const owner = arrangement.content ? view.participants.get(arrangement.content) : null;
  const empty = !owner && arrangement.stage === null;
  return (
    <>
      <div class={owner ? 'stage-main with-content' : 'stage-main'}>
        {owner ? <ScreenTile {...{ seat, controls, owner }} /> : null}
        {arrangement.stage && !(owner && full)
          ? tile(arrangement.stage, owner ? 'beside' : 'stage')
          : null}
        {empty ? (
          <p class="stage-empty soft" data-testid="stage-empty">
            {t('stage-empty')}
          </p>
        ) : null}
      </div>
      {paged.items.length > 0 && !full ? (
        <div class="strip-row">
          <Tiles class="strip" columns={props.stripCount} rows={1}>
            {paged.items.map((id) => tile(id, 'small'))}
          </Tiles>
          {pager}
        </div>
      ) : null}
    </>
  );
}

interface TilesProps {
  class: 'grid' | 'strip';
  columns: number;
  rows: number;
  children: (JSX.Element | null)[];
}

/** A list of tiles; the style sheet gets its dimensions as custom properties. */
function Tiles(props: TilesProps): JSX.Element {
  const tiles = props.children.filter((child) => child !== null);
  const { used, lastRow, lastStart } = gridRows(tiles.length, props.columns);
  const style = useMemo(
    () => ({
      '--half-columns': props.columns * 2,
      '--rows': props.rows,
      '--used-rows': used,
      '--last-start': lastStart,
    }),
    [props.columns, props.rows, used, lastStart],
  );
  return (
    <ul class={props.class} style={style} data-testid={props.class}>
      {tiles.map((tile, index) => (
        <li key={tile.key} class={index === lastRow ? 'last-row' : undefined}>
          {tile}
        </li>
      ))}
    </ul>
  );
}

interface PagerProps {
  page: number;
  pages: number;
  onMove: (by: number) => void;
}

function Pager({ page, pages, onMove }: PagerProps): JSX.Element {
  return (
    <div class="pager row tight" data-testid="pager">
      <Button
        iconOnly
        kind="plain"
        label={t('previous-page')}
        disabled={page === 0}
        testid="previous-page"
        onPress={() => onMove(-1)}
      >
        <ChevronLeft aria-hidden="true" />
      </Button>
      <span class="numbers small">
        <Live text={t('page-of', { page: page + 1, pages })} />
      </span>
      <Button
        iconOnly
        kind="plain"
        label={t('next-page')}
        disabled={page >= pages - 1}
        testid="next-page"
        onPress={() => onMove(1)}
      >
        <ChevronRight aria-hidden="true" />
      </Button>
    </div>
  );
}
