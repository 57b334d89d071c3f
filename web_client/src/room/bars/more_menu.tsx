/* The menu of rarely used actions, and of controls for which a narrow bar has no space. */
import type { JSX } from 'preact';
import {
  Hand,
  Keyboard,
  LayoutGrid,
  Maximize,
  Minimize,
  MonitorUp,
  MonitorX,
  PictureInPicture2,
  Presentation,
  Settings,
} from 'lucide-preact';
import { Choice, Popup } from '../../design/popup';
import { layout } from '../../state/settings';
import { t } from '../../text';
import { canFloat } from '../seat/can_float';
import type { RoomProps } from '../seat/props';
import { keysOf } from '../seat/shortcuts';

interface MoreProps extends RoomProps {
  /** The bar is narrow: the menu contains the controls that it leaves out. */
  compact: boolean;
  publishes: boolean;
}

export function MoreMenu(props: MoreProps): JSX.Element {
  const { seat, controls, compact, publishes } = props;
  const full = controls.full.on.value;
  /**
   * Closes the menu, then acts: what opens next finds the focus on the menu's button.
   */
  const after = (act: () => void) => (): void => {
    controls.moreMenu.value = false;
    act();
  };
  return (
    <Popup
      open={controls.moreMenu}
      name="more"
      label={t('more')}
      end
      testid="more-menu"
    >
      <ul>
        {compact ? <Compact {...{ seat, controls, publishes, after }} /> : null}
        <Choice
          icon={full ? Minimize : Maximize}
          title={t(full ? 'full-leave' : 'full-enter')}
          keys={keysOf('full')}
          testid="full"
          onPress={after(() => controls.full.toggle())}
        />
        {canFloat() ? (
          <Choice
            icon={PictureInPicture2}
            title={t(controls.floating.value ? 'floating-close' : 'floating-open')}
            testid="float"
            onPress={after(() => void controls.toggleFloating())}
          />
        ) : null}
        <Choice
          icon={Keyboard}
          title={t('shortcuts')}
          keys={keysOf('help')}
          testid="more-shortcuts"
          onPress={after(() => {
            controls.dialog.value = 'shortcuts';
          })}
        />
      </ul>
    </Popup>
  );
}

interface CompactProps extends RoomProps {
  publishes: boolean;
  after: (act: () => void) => () => void;
}

/** The controls that only a wide bar shows. */
function Compact(props: CompactProps): JSX.Element {
  const { seat, controls, publishes, after } = props;
  const view = seat.view.value;
  const hand = view?.participants.get(view.self)?.hand ?? null;
  const screen = seat.local.screenOn.value;
  const grid = layout.value === 'grid';
  return (
    <>
      {publishes ? (
        <Choice
          icon={screen ? MonitorX : MonitorUp}
          title={t(screen ? 'screen-stop' : 'screen-share')}
          keys={keysOf('screen')}
          testid="screen"
          onPress={after(() => controls.toggleScreen())}
        />
      ) : null}
      {publishes && seat.may('hand.raise') ? (
        <Choice
          icon={Hand}
          title={hand === null ? t('hand') : t('hand-lower')}
          keys={keysOf('hand')}
          testid="hand"
          onPress={after(() => void controls.toggleHand())}
        />
      ) : null}
      <Choice
        icon={grid ? Presentation : LayoutGrid}
        title={t(grid ? 'layout-stage' : 'layout-grid')}
        keys={keysOf('layout')}
        testid="layout"
        onPress={after(() => controls.toggleLayout())}
      />
      <Choice
        icon={Settings}
        title={t('settings')}
        testid="settings"
        onPress={after(() => {
          controls.dialog.value = 'settings';
        })}
      />
    </>
  );
}
