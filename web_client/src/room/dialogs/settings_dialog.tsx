/* Devices and preferences during the call, without settings for media that is not sent. */
import type { ComponentChildren, JSX } from 'preact';
import { themeOptions } from '../../navigation/preferences';
import { Button, Dialog, Select } from '../../design/parts';
import { canConnect } from '../../media/ability';
import { codecChoices, sendable } from '../../media/codecs';
import * as settings from '../../state/settings';
import type { CodecChoice, Theme } from '../../state/settings';
import { language, LANGUAGES, t } from '../../text';
import { DevicePickers, SpeakerPicker } from '../../devices/pickers';
import type { RoomProps } from '../seat/props';
import { ReceiveChoice } from '../parts/receive_choice';

interface SettingsProps extends RoomProps {
  onClose: () => void;
}

export function SettingsDialog(props: SettingsProps): JSX.Element {
  const { seat, controls, onClose } = props;
  const publishes = seat.may('media.publish') && canConnect();
  return (
    <Dialog title={t('settings')} onClose={onClose} wide testid="settings-dialog">
      <div class="sections">
        <Section title={t('devices')}>
          {publishes ? (
            <DevicePickers
              local={seat.local}
              useMicrophone={(id) => controls.useMicrophone(id)}
              useCamera={(id) => controls.useCamera(id)}
            />
          ) : (
            <SpeakerPicker />
          )}
        </Section>
        <Section title={t('settings-pictures')}>
          <ReceiveChoice testid="receive" />
          {publishes ? <Codec /> : null}
          <SelfView />
        </Section>
        <Section title={t('settings-looks')}>
          {seat.may('floor.give') ? <NewsSound /> : null}
          <Select
            label={t('language')}
            value={language.value}
            options={LANGUAGES.map((l) => ({ value: l.code, label: l.name }))}
            testid="settings-language"
            onChange={(value) => {
              settings.language.value = value;
            }}
          />
          <Select
            label={t('theme')}
            value={settings.theme.value}
            options={themeOptions()}
            testid="settings-theme"
            onChange={(value) => {
              settings.theme.value = value as Theme;
            }}
          />
          <Button
            testid="open-shortcuts"
            onPress={() => {
              controls.dialog.value = 'shortcuts';
            }}
          >
            {t('shortcuts')}
          </Button>
        </Section>
      </div>
    </Dialog>
  );
}

interface SectionProps {
  title: string;
  children: ComponentChildren;
}

function Section({ title, children }: SectionProps): JSX.Element {
  return (
    <section class="stack tight" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Codec(): JSX.Element {
  return (
    <Select
      label={t('codec')}
      value={settings.codec.value}
      options={codecChoices(sendable()).map((value) => ({
        value,
        label: value === 'auto' ? t('codec-auto') : value,
      }))}
      testid="codec"
      onChange={(value) => {
        settings.codec.value = value as CodecChoice;
      }}
    />
  );
}

function NewsSound(): JSX.Element {
  return (
    <Select
      label={t('news-sound')}
      value={settings.newsSound.value}
      options={[
        { value: 'off', label: t('news-sound-off') },
        { value: 'on', label: t('news-sound-on') },
      ]}
      testid="news-sound"
      onChange={(value) => {
        settings.newsSound.value = value as 'off' | 'on';
      }}
    />
  );
}

function SelfView(): JSX.Element {
  return (
    <Select
      label={t('self-view')}
      value={settings.selfView.value}
      options={[
        { value: 'shown', label: t('self-view-shown') },
        { value: 'hidden', label: t('self-view-hidden') },
      ]}
      testid="self-view"
      onChange={(value) => {
        settings.selfView.value = value as 'shown' | 'hidden';
      }}
    />
  );
}
