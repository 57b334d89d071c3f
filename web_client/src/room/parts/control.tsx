/* One control of the bar: an icon with its label. */
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
  /** A word within the icon's field, readable from a distance. */
  word?: string;
  badge?: number;
  /** What the badge counts; screen readers read it after the number. */
  counted?: string;
  keys?: string;
  /** Holding Space on this control talks, and does not press it. */
  talk?: boolean;
  /** A shorter label for a narrow bar; part of the text. */
  short?: string;
  /** The name of the popup that it opens. */
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
