/* What to share: one choice that says what becomes of the picture. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Camera, Clapperboard, FileText, type LucideIcon } from 'lucide-preact';
import { devices } from '../media/devices';
import { canShareScreen } from '../media/problems';
import { t } from '../text';
import type { RoomProps } from './props';

interface ItemProps {
  icon: LucideIcon;
  title: string;
  text: string;
  testid: string;
  onPress: () => void;
}

function Item({ icon: Icon, title, text, testid, onPress }: ItemProps): JSX.Element {
  return (
    <li>
      <button type="button" class="choice" data-testid={testid} onClick={onPress}>
        <Icon aria-hidden="true" />
        <span>
          <span class="block">{title}</span>
          <span class="block soft small">{text}</span>
        </span>
      </button>
    </li>
  );
}

/** Moves the focus among the choices; Tab goes on its usual way. */
function byArrows(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !list) return;
  const items = [...list.querySelectorAll('button')];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  items[(at + step + items.length) % items.length]?.focus();
  event.preventDefault();
}

export function ShareMenu({ session, controls }: RoomProps): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  // Before it is seen: whoever types on at once is in it already.
  useLayoutEffect(() => {
    const before = document.activeElement;
    const inside = (target: EventTarget | null): boolean =>
      target instanceof Element &&
      (menu.current?.contains(target) || target.closest('[data-share]') !== null);
    const close = (): void => {
      controls.shareMenu.value = false;
    };
    const pointed = (event: Event): void => {
      if (!inside(event.target)) close();
    };
    const escaped = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close();
    };
    menu.current?.querySelector('button')?.focus();
    window.addEventListener('pointerdown', pointed);
    window.addEventListener('focusin', pointed);
    window.addEventListener('keydown', escaped);
    return () => {
      window.removeEventListener('pointerdown', pointed);
      window.removeEventListener('focusin', pointed);
      window.removeEventListener('keydown', escaped);
      // Whoever came by the keyboard goes on where they were.
      const lost = document.activeElement;
      if (lost === document.body || lost === null || menu.current?.contains(lost)) {
        if (before instanceof HTMLElement) before.focus();
      }
    };
  }, [controls]);
  const inUse = session.local.camera.value?.getSettings().deviceId;
  const cameras = devices.value.cameras.devices.filter((camera) => camera.id !== inUse);
  return (
    <div
      ref={menu}
      class="share-menu card"
      role="group"
      aria-label={t('screen-share')}
      data-testid="share-menu"
      onKeyDown={(event) => byArrows(event, menu.current)}
    >
      <ul>
        {canShareScreen() ? (
          <>
            <Item
              icon={FileText}
              title={t('share-sharp')}
              text={t('share-sharp-text')}
              testid="share-sharp"
              onPress={() => void controls.share({ kind: 'screen' }, 'sharp')}
            />
            <Item
              icon={Clapperboard}
              title={t('share-motion')}
              text={t('share-motion-text')}
              testid="share-motion"
              onPress={() => void controls.share({ kind: 'screen' }, 'motion')}
            />
          </>
        ) : null}
        {cameras.map(({ id, label }, index) => (
          <Item
            key={id}
            icon={Camera}
            title={t('share-camera')}
            text={label || t('camera-number', { number: index + 1 })}
            testid="share-camera"
            onPress={() => void controls.share({ kind: 'camera', id }, 'sharp')}
          />
        ))}
      </ul>
      {canShareScreen() ? null : <p class="soft small">{t('screen-unsupported')}</p>}
      {cameras.length === 0 ? (
        <p class="soft small" data-testid="no-second-camera">
          {t('share-no-camera')}
        </p>
      ) : null}
    </div>
  );
}
