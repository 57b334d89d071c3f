/* A short line for moderators: people who joined, left or raised a hand. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { chime } from '../../media/chime';
import { newsBetween, withNews, type News, type NewsKind } from '../../state/news';
import type { RoomView } from '../../state/room';
import { newsSound } from '../../state/settings';
import { t } from '../../text';
import type { SeatClient } from '../seat/seat_client';

const SHOWN_MS = 6000; // long enough to look up from a talk and read a name
const CHIME_EVERY_MS = 3000; // many people who join together cause a single sound

/** The texts for one name, and for one name and a number of others. */
const TEXT_KEYS: Readonly<Record<NewsKind, readonly [string, string]>> = {
  joined: ['news-joined', 'news-joined-more'],
  left: ['news-left', 'news-left-more'],
  hand: ['news-hand', 'news-hand-more'],
};

function line({ kind, names }: News): string {
  const [name = '', ...more] = names;
  const [one, several] = TEXT_KEYS[kind];
  return more.length === 0
    ? t(one, { name })
    : t(several, { name, count: more.length });
}

export function RoomNews({ seat }: { seat: SeatClient }): JSX.Element {
  const view = seat.view.value;
  const before = useRef<RoomView | null>(view);
  const chimedAt = useRef(Number.NEGATIVE_INFINITY);
  const [shown, setShown] = useState<readonly News[]>([]);
  const moderates = seat.may('floor.give');
  useEffect(() => {
    const last = before.current;
    before.current = view;
    const news = moderates && last && view ? newsBetween(last, view) : [];
    if (news.length === 0) return;
    setShown((now) => withNews(now, news));
    const heard = news.find((one) => one.kind !== 'left')?.kind;
    const now = performance.now();
    if (newsSound.value === 'on' && (heard === 'joined' || heard === 'hand')) {
      if (now - chimedAt.current >= CHIME_EVERY_MS) chime(heard);
      chimedAt.current = now;
    }
  }, [view, moderates]);
  useEffect(() => {
    if (shown.length === 0) return;
    const timer = setTimeout(() => setShown([]), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div role="status" class="news" data-testid="news">
      {shown.map((news) => (
        <p key={news.kind} data-kind={news.kind}>
          {line(news)}
        </p>
      ))}
    </div>
  );
}
