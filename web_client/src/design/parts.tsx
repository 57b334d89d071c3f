/* The building blocks of all pages. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { X } from 'lucide-preact';
import { t } from '../text';

interface ButtonProps {
  children: ComponentChildren;
  onPress?: () => void;
  kind?: 'primary' | 'danger' | 'plain' | 'usual';
  type?: 'button' | 'submit';
  iconOnly?: boolean;
  wide?: boolean;
  label?: string;
  pressed?: boolean;
  expanded?: boolean;
  disabled?: boolean;
  testid?: string;
}

export function Button(props: ButtonProps): JSX.Element {
  const { kind = 'usual', iconOnly = false, wide = false } = props;
  const names = ['button', kind, iconOnly && 'icon-only', wide && 'wide'];
  return (
    <button
      type={props.type ?? 'button'}
      class={names.filter(Boolean).join(' ')}
      aria-label={props.label}
      title={iconOnly ? props.label : undefined}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      disabled={props.disabled}
      data-testid={props.testid}
      onClick={props.onPress}
    >
      {props.children}
    </button>
  );
}

/**
 * Text that changes while it is shown: a new element each time. Page translators replace
 * text nodes, and text written into the old ones is never shown.
 */
export function Live({ text }: { text: string | number }): JSX.Element {
  return <span key={text}>{text}</span>;
}

interface DialogProps {
  title: string;
  onClose: () => void;
  /** Room for more than one column. */
  wide?: boolean;
  children: ComponentChildren;
  testid?: string;
}

/** A modal dialog; the browser keeps the focus in it and restores it afterwards. */
export function Dialog(props: DialogProps): JSX.Element {
  const { title, onClose, wide = false, children, testid } = props;
  const element = useRef<HTMLDialogElement>(null);
  const leaving = useRef(false);
  const heading = useId();
  // Before it is painted: a key pressed at once must not reach the page below.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      // Closing restores the focus; the page has already been informed.
      leaving.current = true;
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={heading}
      data-testid={testid}
      onClose={() => {
        if (!leaving.current) onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) element.current?.close();
      }}
    >
      <div class="stack">
        <div class="row apart">
          <h2 id={heading} class="grow">
            {title}
          </h2>
          <Button
            kind="plain"
            iconOnly
            label={t('close')}
            testid="dialog-close"
            onPress={() => element.current?.close()}
          >
            <X aria-hidden="true" />
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  action: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be undone; names what will happen. */
export function Confirm(props: ConfirmProps): JSX.Element {
  return (
    <Dialog title={props.title} onClose={props.onClose} testid="confirm">
      <p>{props.text}</p>
      <div class="row">
        <Button
          kind="danger"
          testid="confirm-yes"
          onPress={() => {
            props.onConfirm();
            props.onClose();
          }}
        >
          {props.action}
        </Button>
        <Button testid="confirm-no" onPress={props.onClose}>
          {t('cancel')}
        </Button>
      </div>
    </Dialog>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  maxLength: number;
  autocomplete?: string;
  required?: boolean;
  autofocus?: boolean;
  /** Only digits: phones show a numeric keyboard. */
  numeric?: boolean;
  /** Why the value is refused, shown below the field. */
  problem?: string | null;
  testid?: string;
}

export function TextField(props: FieldProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (props.autofocus) input.current?.focus();
  }, [props.autofocus]);
  const label = useId();
  const problem = useId();
  return (
    <label class="field">
      <span id={label}>{props.label}</span>
      <input
        ref={input}
        class="input"
        value={props.value}
        maxLength={props.maxLength}
        autocomplete={props.autocomplete ?? 'off'}
        required={props.required}
        inputMode={props.numeric ? 'numeric' : undefined}
        // Without it the problem, which is inside the label, would be part of the name.
        aria-labelledby={props.problem ? label : undefined}
        aria-invalid={props.problem ? true : undefined}
        aria-describedby={props.problem ? problem : undefined}
        data-testid={props.testid}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      {props.problem ? (
        <small id={problem} class="problem" role="alert">
          {props.problem}
        </small>
      ) : null}
    </label>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  disabled?: boolean;
  testid?: string;
}

export function Select(props: SelectProps): JSX.Element {
  const known = props.options.some((o) => o.value === props.value);
  return (
    <label class="field">
      <span>{props.label}</span>
      <select
        class="input"
        value={known ? props.value : props.options[0]?.value}
        disabled={props.disabled}
        data-testid={props.testid}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.options.map((o) => (
          <option key={o.value} value={o.value}>
            {o.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A meter of loudness, 0 to 1. */
export function LevelMeter({ level }: { level: number }): JSX.Element {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    bar.current?.style.setProperty('--level', level.toFixed(2));
  }, [level]);
  return (
    <div
      class="meter"
      role="meter"
      aria-label={t('microphone-level')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(level * 100)}
      data-testid="level-meter"
    >
      <div ref={bar} />
    </div>
  );
}

/**
 * Four bars for a quality of 0 to 4, null: unknown; `text` describes it. With an empty
 * text the bars are hidden from screen readers, because a text beside them describes it.
 */
export function Bars({
  level,
  text,
}: {
  level: number | null;
  text: string;
}): JSX.Element {
  const tone = level === null ? '' : level === 0 ? ' gone' : level <= 2 ? ' weak' : '';
  return (
    <span
      class={`bars${tone}`}
      {...(text === ''
        ? { 'aria-hidden': 'true' as const }
        : { role: 'img' as const, 'aria-label': text, title: text })}
    >
      {[1, 2, 3, 4].map((bar) => (
        <i
          key={bar}
          class={level !== null && bar <= Math.max(1, level) ? 'full' : ''}
        />
      ))}
    </span>
  );
}
