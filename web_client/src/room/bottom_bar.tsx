/* The controls, always in the same order; what a role may not do is not there. */
import type { JSX } from 'preact';
import {
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
  type LucideIcon,
} from 'lucide-preact';
import { canConnect } from '../media/ability';
import { Live } from '../design/parts';
import { layout } from '../state/settings';
import { t } from '../text';
import type { RoomProps } from './props';
import { ShareMenu } from './share_menu';

interface ControlProps {
  icon: LucideIcon;
  text: string;
  onPress: () => void;
  testid: string;
  pressed?: boolean;
  expanded?: boolean;
  tone?: 'live' | 'danger' | 'off';
  /** A word within the icon's field, to be read from afar. */
  word?: string;
  badge?: number;
  /** What the badge counts; read out after it. */
  counted?: string;
  keys?: string;
  /** Space talks while held here; it does not press. */
  talk?: boolean;
  /** It opens the choice of what to share. */
  share?: boolean;
}

const MOST_SHOWN = 99;

function Control(props: ControlProps): JSX.Element {
  const { icon: Icon, badge = 0 } = props;
  return (
    <button
      type="button"
      class={props.tone ? `control ${props.tone}` : 'control'}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      aria-keyshortcuts={props.keys}
      title={props.keys ? `${props.text} (${props.keys})` : props.text}
      data-testid={props.testid}
      data-talk={props.talk}
      data-share={props.share}
      onClick={props.onPress}
    >
      <span class="control-icon">
        <Icon aria-hidden="true" />
        {props.word ? (
          <span class="control-word" aria-hidden="true">
            {props.word}
          </span>
        ) : null}
      </span>
      <span class="control-text">
        <Live text={props.text} />
      </span>
      {badge > 0 ? (
        <span class="badge" data-testid={`${props.testid}-badge`}>
          <Live text={badge > MOST_SHOWN ? `${MOST_SHOWN}+` : badge} />
        </span>
      ) : null}
      {badge > 0 ? <span class="hidden-text">{props.counted}</span> : null}
    </button>
  );
}

export function BottomBar({ session, controls }: RoomProps): JSX.Element {
  const view = session.view.value;
  const self = view?.participants.get(view.self);
  const hands = [...(view?.participants.values() ?? [])].filter(
    (p) => p.hand !== null && p.id !== view?.self,
  ).length;
  const grid = layout.value === 'grid';
  const panel = controls.panel.value;
  const unread = session.chat.unread.value;
  return (
    <nav class="bottom-bar" aria-label={t('controls')}>
      <div class="bar-group">
        {session.may('media.publish') && canConnect() ? (
          <PublishControls {...{ session, controls }} />
        ) : null}
        {session.may('hand.raise') ? (
          <Control
            icon={Hand}
            text={self?.hand ? t('hand-number', { number: self.hand }) : t('hand')}
            pressed={self?.hand !== null && self !== undefined}
            keys="R"
            testid="hand"
            onPress={() => void controls.toggleHand()}
          />
        ) : null}
      </div>
      <div class="bar-group">
        <Control
          icon={grid ? Presentation : LayoutGrid}
          text={grid ? t('layout-stage') : t('layout-grid')}
          keys="G"
          testid="layout"
          onPress={() => controls.toggleLayout()}
        />
        <Control
          icon={MessageSquare}
          text={t('chat')}
          counted={t('chat-unread', { count: unread })}
          expanded={panel === 'chat'}
          badge={unread}
          keys="C"
          testid="chat"
          onPress={() => controls.togglePanel('chat')}
        />
        <Control
          icon={Users}
          text={t('people')}
          counted={t('people-hands', { count: hands })}
          expanded={panel === 'people'}
          badge={session.may('floor.give') ? hands : 0}
          keys="P"
          testid="people"
          onPress={() => controls.togglePanel('people')}
        />
        <Control
          icon={Settings}
          text={t('settings')}
          testid="settings"
          onPress={() => {
            controls.dialog.value = 'settings';
          }}
        />
      </div>
      <div class="bar-group">
        <Control
          icon={LogOut}
          text={t('leave')}
          tone="danger"
          testid="leave"
          onPress={() => controls.leave()}
        />
      </div>
    </nav>
  );
}

function PublishControls({ session, controls }: RoomProps): JSX.Element {
  const { local } = session;
  const microphone = local.microphoneOn.value;
  const camera = local.cameraOn.value;
  const screen = local.screenOn.value;
  return (
    <>
      <Control
        icon={microphone ? Mic : MicOff}
        text={t('microphone')}
        pressed={microphone}
        tone={microphone ? 'live' : 'off'}
        {...(microphone ? {} : { word: t('off') })}
        keys="M"
        talk
        testid="microphone"
        onPress={() => void controls.toggleMicrophone()}
      />
      <Control
        icon={camera ? Video : VideoOff}
        text={t('camera')}
        pressed={camera}
        {...(camera ? { tone: 'live' as const } : {})}
        keys="V"
        testid="camera"
        onPress={() => void controls.toggleCamera()}
      />
      <Control
        icon={screen ? MonitorX : MonitorUp}
        text={screen ? t('screen-stop') : t('screen-share')}
        {...(screen ? { tone: 'live' as const } : {})}
        keys="S"
        testid="screen"
        share
        {...(screen ? {} : { expanded: controls.shareMenu.value })}
        onPress={() => controls.toggleScreen()}
      />
      {controls.shareMenu.value && !screen ? (
        <ShareMenu {...{ session, controls }} />
      ) : null}
    </>
  );
}
