/* The controls, always in the same order; those that a role may not use are left out. */
import type { JSX } from 'preact';
import {
  Ellipsis,
  Hand,
  LayoutGrid,
  LogOut,
  MessageSquare,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  Presentation,
  Settings,
  Users,
  Video,
  VideoOff,
} from 'lucide-preact';
import { COMPACT, useMedia } from '../../design/media_query';
import { canConnect } from '../../media/ability';
import { layout } from '../../state/settings';
import { t } from '../../text';
import { Control } from '../parts/control';
import { MoreMenu } from './more_menu';
import type { RoomProps } from '../seat/props';
import { ShareMenu } from './share_menu';
import { keysOf } from '../seat/shortcuts';

/**
 * All controls on a wide screen; on a narrow one six, and the others in the menu
 * "More".
 */
export function BottomBar({ seat, controls }: RoomProps): JSX.Element {
  const compact = useMedia(COMPACT);
  const publishes = seat.may('media.publish') && canConnect();
  const { shareMenu, moreMenu } = controls;
  return (
    <nav class="bottom-bar" aria-label={t('controls')}>
      <div class="bar-group">
        {publishes ? <OwnControls {...{ seat, controls, compact }} /> : null}
        {publishes && !compact ? <ShareControl {...{ seat, controls }} /> : null}
        {seat.may('hand.raise') && !(publishes && compact) ? (
          <HandControl {...{ seat, controls }} />
        ) : null}
      </div>
      <div class="bar-group middle">
        {compact ? null : <LayoutControl {...{ seat, controls }} />}
        <PanelControls {...{ seat, controls }} />
        {compact ? null : (
          <Control
            icon={Settings}
            text={t('settings')}
            testid="settings"
            onPress={() => {
              controls.dialog.value = 'settings';
            }}
          />
        )}
        <Control
          icon={Ellipsis}
          text={t('more')}
          expanded={moreMenu.value}
          opens="more"
          testid="more"
          onPress={() => {
            moreMenu.value = !moreMenu.value;
          }}
        />
      </div>
      <div class="bar-group last">
        <Control
          icon={LogOut}
          text={t('leave')}
          tone="danger"
          testid="leave"
          onPress={() => controls.leave()}
        />
      </div>
      {shareMenu.value && !seat.local.screenOn.value ? (
        <ShareMenu {...{ seat, controls }} />
      ) : null}
      {moreMenu.value ? <MoreMenu {...{ seat, controls, compact, publishes }} /> : null}
    </nav>
  );
}

function OwnControls(props: RoomProps & { compact: boolean }): JSX.Element {
  const { controls, compact } = props;
  const { local } = props.seat;
  const microphone = local.microphoneOn.value;
  const camera = local.cameraOn.value;
  return (
    <>
      <Control
        icon={microphone ? Mic : MicOff}
        text={t('microphone')}
        {...(compact ? { short: t('microphone-short') } : {})}
        pressed={microphone}
        tone={microphone ? 'live' : 'off'}
        {...(microphone ? {} : { word: t('off') })}
        keys={keysOf('microphone')}
        talk
        testid="microphone"
        onPress={() => void controls.toggleMicrophone()}
      />
      <Control
        icon={camera ? Video : VideoOff}
        text={t('camera')}
        pressed={camera}
        {...(camera ? { tone: 'live' as const } : {})}
        keys={keysOf('camera')}
        testid="camera"
        onPress={() => void controls.toggleCamera()}
      />
    </>
  );
}

function ShareControl({ seat, controls }: RoomProps): JSX.Element {
  const screen = seat.local.screenOn.value;
  return (
    <Control
      icon={screen ? MonitorX : MonitorUp}
      text={screen ? t('screen-stop') : t('screen-share')}
      {...(screen ? { tone: 'live' as const } : {})}
      keys={keysOf('screen')}
      testid="screen"
      opens="share"
      {...(screen ? {} : { expanded: controls.shareMenu.value })}
      onPress={() => controls.toggleScreen()}
    />
  );
}

function HandControl({ seat, controls }: RoomProps): JSX.Element {
  const view = seat.view.value;
  const self = view?.participants.get(view.self);
  return (
    <Control
      icon={Hand}
      text={self?.hand ? t('hand-number', { number: self.hand }) : t('hand')}
      pressed={self?.hand !== null && self !== undefined}
      keys={keysOf('hand')}
      testid="hand"
      onPress={() => void controls.toggleHand()}
    />
  );
}

function LayoutControl({ controls }: RoomProps): JSX.Element {
  const grid = layout.value === 'grid';
  return (
    <Control
      icon={grid ? Presentation : LayoutGrid}
      text={grid ? t('layout-stage') : t('layout-grid')}
      keys={keysOf('layout')}
      testid="layout"
      onPress={() => controls.toggleLayout()}
    />
  );
}

function PanelControls({ seat, controls }: RoomProps): JSX.Element {
  const view = seat.view.value;
  const hands = [...(view?.participants.values() ?? [])].filter(
    (p) => p.hand !== null && p.id !== view?.self,
  ).length;
  const panel = controls.panel.value;
  const unread = seat.chat.unread.value;
  return (
    <>
      <Control
        icon={MessageSquare}
        text={t('chat')}
        counted={t('chat-unread', { count: unread })}
        expanded={panel === 'chat'}
        badge={unread}
        keys={keysOf('chat')}
        testid="chat"
        onPress={() => controls.togglePanel('chat')}
      />
      <Control
        icon={Users}
        text={t('people')}
        counted={t('people-hands', { count: hands })}
        expanded={panel === 'people'}
        badge={seat.may('floor.give') ? hands : 0}
        keys={keysOf('people')}
        testid="people"
        onPress={() => controls.togglePanel('people')}
      />
    </>
  );
}
