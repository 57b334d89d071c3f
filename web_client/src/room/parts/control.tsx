/* One control of the bar: an icon with its word. */
import type { JSX } from 'preact';
import type { LucideIcon } from 'lucide-preact';
import { Live } from '../../design/parts';

export interface ControlProps {
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
  /** A shorter word, where the bar is narrow; part of the text. */
  short?: string;
  /** The popup that it opens, by name. */
  opens?: string;
}

const MOST_SHOWN = 99;

export function Control(props: ControlProps): JSX.Element {
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
      data-opens={props.opens}
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
        <Live text={props.short ?? props.text} />
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
