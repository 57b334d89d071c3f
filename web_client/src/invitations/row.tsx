/* One invitation: its link to copy, its QR code, and a button to withdraw it. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Copy, QrCode, Trash2 } from 'lucide-preact';
import { Button, Confirm, Dialog } from '../design/parts';
import { SETTING_WITHIN_MS, within } from '../deadline';
import type { InvitationInfo, RoleName } from '../protocol';
import { notify } from '../state/notices';
import { t } from '../text';

interface RowProps {
  invitation: InvitationInfo;
  onRevoke: () => void;
}

const ROLE_LINK_KEYS: Readonly<Record<RoleName, string>> = {
  presenter: 'link-presenter',
  researcher: 'link-researcher',
  moderator: 'link-moderator',
};

async function copy(text: string, field: HTMLInputElement | null): Promise<void> {
  try {
    await within(SETTING_WITHIN_MS, navigator.clipboard.writeText(text));
    notify(t('notice-copied'));
  } catch {
    // Without a secure context there is no clipboard: select the text for the user to
    // copy.
    field?.focus();
    field?.select();
    notify(t('notice-copy-by-hand'));
  }
}

export function InvitationRow({ invitation, onRevoke }: RowProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [asking, setAsking] = useState<'qr' | 'revoke' | null>(null);
  const role = t(ROLE_LINK_KEYS[invitation.role]);
  const name = invitation.note === '' ? role : `${role}: ${invitation.note}`;
  return (
    <li class="invitation" data-testid="invitation" data-role={invitation.role}>
      <label class="field grow">
        <span data-testid="invitation-name">
          {name}
          {invitation.most_people === null
            ? null
            : ` · ${t('link-most', { count: invitation.most_people })}`}
        </span>
        <input
          ref={field}
          class="input"
          readOnly
          value={invitation.url}
          data-testid="invitation-url"
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <div class="row tight">
        <Button
          testid="copy-link"
          label={t('copy-named', { name })}
          onPress={() => void copy(invitation.url, field.current)}
        >
          <Copy aria-hidden="true" /> {t('copy')}
        </Button>
        <Button
          iconOnly
          label={t('qr-named', { name })}
          testid="qr"
          onPress={() => setAsking('qr')}
        >
          <QrCode aria-hidden="true" />
        </Button>
        <Button
          iconOnly
          label={t('revoke-named', { name })}
          testid="revoke"
          onPress={() => setAsking('revoke')}
        >
          <Trash2 aria-hidden="true" />
        </Button>
      </div>
      {asking === 'qr' ? (
        <QrDialog title={name} url={invitation.url} onClose={() => setAsking(null)} />
      ) : null}
      {asking === 'revoke' ? (
        <Confirm
          title={t('revoke-title')}
          text={t('revoke-text')}
          action={t('revoke')}
          onConfirm={onRevoke}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </li>
  );
}

interface QrProps {
  title: string;
  url: string;
  onClose: () => void;
}

function QrDialog({ title, url, onClose }: QrProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    void import('lean-qr').then(({ generate }) => {
      // Dark on light in both themes: many cameras cannot read inverted codes.
      if (canvas.current) {
        generate(url).toCanvas(canvas.current, {
          on: [0, 0, 0, 255],
          off: [255, 255, 255, 255],
          padX: 4,
          padY: 4,
        });
      }
    });
  }, [url]);
  return (
    <Dialog title={title} onClose={onClose} testid="qr-dialog">
      <canvas ref={canvas} class="qr" role="img" aria-label={t('qr-alt')} />
      <p class="soft small">{t('qr-help')}</p>
    </Dialog>
  );
}
