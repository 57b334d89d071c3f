/* The chat: messages, unsent messages and the text field. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Send, X } from 'lucide-preact';
import { Button } from '../../design/parts';
import { continues } from '../../state/chat_text';
import { passes, type Outgoing } from '../../state/outbox';
import { t } from '../../text';
import { codeText, notifyFailure } from '../../text/failure';
import type { Chat } from '../seat/chat';
import { Message } from './chat_message';
import type { RoomProps } from '../seat/props';

const LONGEST = 4000; // the protocol's limit
/**
 * Number of newest messages that are always laid out, so that the end of the list is exact.
 * Lower: messages near the end have estimated heights, and scrolling to it is not exact.
 */
const UNSETTLED = 40;
/**
 * Number of messages shown at first, and of earlier ones that are added on request.
 */
const SHOWN = 150;
const NEAR_END_PX = 80; // the list does not scroll down for readers further up

export function ChatPanel({ seat, controls }: RoomProps): JSX.Element {
  const { chat } = seat;
  const messages = seat.view.value?.messages ?? [];
  const outbox = chat.outbox.value;
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  /** Earlier messages were requested: none of them is left out again. */
  const asked = useRef(false);
  const newest = messages.at(-SHOWN)?.seq ?? 0;
  const [first, setFirst] = useState(newest);
  const start = Math.max(
    0,
    messages.findIndex((m) => m.seq >= first),
  );
  useEffect(() => {
    chat.markRead();
  }, [chat, messages.length]);
  useEffect(() => {
    // The number of messages grows while the panel is open: old ones are left out
    // again.
    if (atEnd.current && !asked.current && messages.length - start >= 2 * SHOWN)
      setFirst(newest);
  }, [messages.length, start, newest]);
  /** Distance from the end, to be restored after earlier messages were added above. */
  const belowTop = useRef<number | null>(null);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    // At the top browsers do not anchor the scroll position, and the text would move
    // away.
    if (belowTop.current !== null)
      element.scrollTop = element.scrollHeight - belowTop.current;
    else if (atEnd.current) element.scrollTop = element.scrollHeight;
    belowTop.current = null;
  }, [messages, outbox, start]);
  const earlier = async (): Promise<void> => {
    asked.current = true;
    const element = list.current;
    if (element) belowTop.current = element.scrollHeight - element.scrollTop;
    if (start > 0) {
      setFirst(messages[Math.max(0, start - SHOWN)]?.seq ?? 0);
      return;
    }
    setFirst(0);
    try {
      await chat.loadEarlier();
    } catch (error) {
      belowTop.current = null;
      notifyFailure(error);
    }
  };
  return (
    <aside class="rail" aria-label={t('chat')} data-testid="chat-panel">
      <div class="rail-head row apart">
        <h2>{t('chat')}</h2>
        <Button
          kind="plain"
          iconOnly
          label={t('close')}
          onPress={() => controls.togglePanel('chat')}
        >
          <X aria-hidden="true" />
        </Button>
      </div>
      <div
        ref={list}
        class="rail-body"
        tabIndex={0}
        role="region"
        aria-label={t('chat-messages')}
        data-testid="chat-messages"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
        }}
      >
        {start > 0 || chat.hasEarlier ? (
          <Button
            wide
            testid="chat-earlier"
            disabled={chat.loading.value}
            onPress={() => void earlier()}
          >
            {chat.loading.value ? t('chat-loading') : t('chat-earlier')}
          </Button>
        ) : null}
        {messages.length === 0 && outbox.length === 0 ? (
          <p class="soft empty" data-testid="chat-empty">
            {t('chat-empty')}
          </p>
        ) : null}
        <ol class="messages">
          {messages.slice(start).map((m, at, shown) => (
            <Message
              key={m.seq}
              message={m}
              own={m.participant === seat.view.value?.self}
              continued={continues(shown[at - 1], m)}
              settled={at < shown.length - UNSETTLED}
            />
          ))}
          {outbox.map((m) => (
            <Pending key={m.nonce} message={m} chat={chat} />
          ))}
        </ol>
      </div>
      {seat.may('chat.send') ? (
        <Composer
          chat={chat}
          onSent={() => {
            atEnd.current = true;
          }}
        />
      ) : null}
    </aside>
  );
}

interface PendingProps {
  message: Outgoing;
  chat: Chat;
}

function Pending({ message, chat }: PendingProps): JSX.Element {
  const { code } = message;
  return (
    <li
      class="message own pending"
      data-testid="chat-pending"
      data-state={message.state}
    >
      <p class="message-text">{message.text}</p>
      {message.state === 'sending' ? (
        <p class="soft small">{t('chat-sending')}</p>
      ) : code === null || passes(code) ? (
        // It is sent automatically, so there is no button.
        <p class="soft small" role="status" data-testid="chat-waits">
          {t(code === null ? 'chat-waits' : 'chat-waits-storage')}
        </p>
      ) : (
        <div class="stack tight">
          <p class="problem small" role="alert">
            {codeText(code, t('chat-failed'))}
          </p>
          <div class="row tight">
            <Button
              testid="chat-again"
              onPress={() => void chat.sendAgain(message.nonce)}
            >
              {t('chat-again')}
            </Button>
            <Button
              kind="plain"
              testid="chat-edit"
              onPress={() => chat.takeBack(message.nonce)}
            >
              {t('chat-edit')}
            </Button>
          </div>
        </div>
      )}
    </li>
  );
}

interface ComposerProps {
  chat: Chat;
  onSent: () => void;
}

function Composer({ chat, onSent }: ComposerProps): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  // Before the field is painted: text typed at once must not act as shortcuts.
  useLayoutEffect(() => field.current?.focus(), []);
  const draft = chat.draft.value;
  // Code points, as the server counts: an emoji is one, although it has two UTF-16
  // units.
  const count = draft.length > LONGEST ? [...draft.trim()].length : 0;
  const tooLong = count > LONGEST;
  const send = (): void => {
    const text = chat.draft.value.trim();
    if (text === '' || tooLong) return;
    chat.draft.value = '';
    onSent();
    void chat.send(text);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
        field.current?.focus();
      }}
    >
      {tooLong ? (
        <p class="problem small composer-said" role="alert" data-testid="chat-too-long">
          {t('chat-too-long', { count, most: LONGEST })}
        </p>
      ) : null}
      <label class="grow">
        <span class="hidden-text">{t('chat-write')}</span>
        <textarea
          ref={field}
          class="input"
          rows={2}
          // No `maxLength`: it would silently cut off the end of a pasted text.
          aria-invalid={tooLong}
          value={draft}
          placeholder={t('chat-write')}
          data-testid="chat-input"
          onInput={(event) => {
            chat.draft.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            // Enter ends a Hangul composition first; some browsers report that as 229.
            if (event.isComposing || event.keyCode === 229) return;
            // Leaves the field, so that the room's shortcuts work again.
            if (event.key === 'Escape') event.currentTarget.blur();
            if (event.key === 'Enter' && !event.shiftKey) {
              event.preventDefault();
              send();
            }
          }}
        />
      </label>
      <Button
        type="submit"
        kind="primary"
        iconOnly
        label={t('send')}
        testid="chat-send"
      >
        <Send aria-hidden="true" />
      </Button>
    </form>
  );
}
