/* One message of the chat with its author and time; a long one is folded. */
import { computed } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Copy } from 'lucide-preact';
import { Button } from '../../design/parts';
import type { ChatMessage } from '../../protocol';
import { mayBeLong, pieces } from '../../state/chat_text';
import { SETTING_WITHIN_MS, within } from '../../deadline';
import { notify } from '../../state/notices';
import { language, t } from '../../text';

/** Pixels by which a button may exceed its line, which has 24. */
const SLACK_PX = 12;

interface MessageProps {
  message: ChatMessage;
  own: boolean;
  /** It is shown under the heading of the previous message. */
  continued: boolean;
  /**
   * It is far from the newest message: browsers need not lay it out while it is not
   * visible.
   */
  settled: boolean;
}

/**
 * One formatter for each language, because creating one takes longer than rendering a
 * message.
 */
const formats = computed(() => ({
  time: new Intl.DateTimeFormat(language.value, { timeStyle: 'short' }),
  full: new Intl.DateTimeFormat(language.value, {
    dateStyle: 'medium',
    timeStyle: 'short',
  }),
}));

export function Message(props: MessageProps): JSX.Element {
  const { message, own, continued, settled } = props;
  const at = new Date(message.sent_at * 1000);
  const { time, full } = formats.value;
  const names = [
    'message',
    own && 'own',
    continued && 'continued',
    settled && 'settled',
  ];
  const text = (
    <p class="message-text" translate>
      <Text text={message.text} />
    </p>
  );
  return (
    <li class={names.filter(Boolean).join(' ')} data-testid="chat-message">
      {/* Screen readers read the author of each message; visually it is shown once. */}
      <p class={continued ? 'hidden-text' : 'message-head small soft'}>
        <strong>{message.name}</strong> {message.organisation}{' '}
        <time dateTime={at.toISOString()} title={full.format(at)} class="numbers">
          {time.format(at)}
        </time>
      </p>
      {mayBeLong(message.text) ? <Folded>{text}</Folded> : text}
    </li>
  );
}

function Text({ text }: { text: string }): JSX.Element {
  return (
    <>
      {pieces(text, window.location.origin).map((piece, at) => {
        if (piece.kind === 'text') return piece.text;
        if (piece.kind === 'link') {
          // In a tab of its own, so that following the link does not leave the room.
          return (
            <a key={at} href={piece.href} target="_blank" rel="noopener">
              {piece.text}
            </a>
          );
        }
        return <Address key={at} address={piece.text} />;
      })}
    </>
  );
}

/** The address of another site: not a link, but copied with one click. */
function Address({ address }: { address: string }): JSX.Element {
  const copy = async (): Promise<void> => {
    try {
      await within(SETTING_WITHIN_MS, navigator.clipboard.writeText(address));
      notify(t('notice-address-copied'));
    } catch {
      notify(t('notice-address-by-hand'));
    }
  };
  return (
    <span class="address">
      {address}
      <button
        type="button"
        class="copy-address"
        aria-label={t('copy-named', { name: address })}
        title={t('copy')}
        data-testid="copy-address"
        onClick={() => void copy()}
      >
        <Copy aria-hidden="true" />
      </button>
    </span>
  );
}

/** Shows the beginning of a long message, and the rest on demand. */
function Folded({ children }: { children: JSX.Element }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'short' | 'folded' | 'open'>('short');
  useLayoutEffect(() => {
    const element = box.current;
    // Measured while folded: a message that does not fit is long.
    if (element && element.scrollHeight > element.clientHeight + SLACK_PX)
      setState('folded');
  }, []);
  return (
    <>
      <div ref={box} class={state === 'open' ? '' : 'fold'}>
        {children}
      </div>
      {state === 'short' ? null : (
        <Button
          kind="plain"
          expanded={state === 'open'}
          testid="chat-unfold"
          onPress={() => setState(state === 'open' ? 'folded' : 'open')}
        >
          {state === 'open' ? t('chat-fold') : t('chat-unfold')}
        </Button>
      )}
    </>
  );
}
