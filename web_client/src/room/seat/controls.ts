/* The actions of buttons and keys: one function for each. */
import { effect, signal } from '@preact/signals';
import { canConnect } from '../../media/ability';
import { refreshDevices } from '../../media/devices';
import type { Style } from '../../media/layers';
import type { ShareOrigin } from '../../media/local';
import { MutedSpeech } from '../../media/meter';
import type { ParticipantInfo } from '../../protocol';
import { notify } from '../../state/notices';
import { mutedOnly } from '../../state/room';
import * as settings from '../../state/settings';
import { t } from '../../text';
import { cameraProblemText, microphoneProblemText } from '../../text/problems';
import { watchOwnDevices } from '../../devices/watch';
import { FullView } from './full_view';
import type { SeatClient } from './seat_client';

export type Panel = 'people' | 'chat';
export type OpenDialog = 'settings' | 'shortcuts' | 'leave' | 'connection' | 'invite';

/**
 * Opens the small window and returns a function that closes it; `closed` is called when
 * it is closed.
 */
export type OpenFloating = (
  controls: Controls,
  closed: () => void,
) => Promise<() => void>;

export class Controls {
  readonly panel = signal<Panel | null>(null);
  readonly dialog = signal<OpenDialog | null>(null);
  /** Page of the tiles, counted from 0. */
  readonly page = signal(0);
  /** The number of pages, which the stage determines. */
  pages = 1;
  /** How often speech into the muted microphone was detected. */
  readonly mutedSpeech = signal(0);
  readonly talking = signal(false);
  /** The menu for sharing is open. */
  readonly shareMenu = signal(false);
  /** The menu "More" is open. */
  readonly moreMenu = signal(false);
  /** Shows the picture alone. */
  readonly full = new FullView();
  /** The stage is in a small window over other programs. */
  readonly floating = signal(false);
  #closeFloating: (() => void) | null = null;
  /**
   * Number of times that showing was stopped: a window that opens after one is closed
   * at once.
   */
  #stopped = 0;
  readonly #seat: SeatClient;
  readonly #stops: (() => void)[] = [];

  readonly #openFloating: OpenFloating;

  constructor(seat: SeatClient, openFloating: OpenFloating) {
    this.#seat = seat;
    this.#openFloating = openFloating;
    const { local } = seat;
    const speech = new MutedSpeech();
    this.#stops.push(
      watchOwnDevices({ local, useMicrophone: (id) => this.useMicrophone(id) }),
      effect(() => {
        const muted = mutedOnly(seat.view.value, local.microphoneOn.value);
        if (speech.heard(local.level.value, muted, performance.now())) {
          this.mutedSpeech.value = this.mutedSpeech.peek() + 1;
        }
      }),
      effect(() => {
        // When the floor is taken back, a menu for sharing leads to a refusal.
        const view = seat.view.value;
        if (view && !view.capabilities.has('media.publish')) {
          this.shareMenu.value = false;
        }
      }),
      effect(() => {
        seat.chat.open.value = this.panel.value === 'chat';
      }),
    );
  }

  dispose(): void {
    this.stopShowing();
    this.full.dispose();
    for (const stop of this.#stops) stop();
  }

  /** Opens the stage in a small window, or closes that. */
  async toggleFloating(): Promise<void> {
    if (this.floating.value) {
      this.#closeFloating?.();
      return;
    }
    const { viewing } = this.#seat;
    const stopped = this.#stopped;
    try {
      const close = await this.#openFloating(this, () => {
        this.floating.value = false;
        viewing.floats(false);
      });
      if (stopped !== this.#stopped) {
        close();
        return;
      }
      this.#closeFloating = close;
      this.floating.value = true;
      viewing.floats(true);
    } catch {
      if (stopped === this.#stopped) notify(t('floating-failed'));
    }
  }

  /** The user leaves the room: closes everything that would stay on the screen. */
  stopShowing(): void {
    this.#stopped += 1;
    this.#closeFloating?.();
    this.full.leave();
    this.shareMenu.value = false;
    this.moreMenu.value = false;
  }

  async toggleMicrophone(): Promise<void> {
    const { local } = this.#seat;
    if (local.microphoneOn.value) local.mute();
    else if (this.#mayPublish() && !(await local.unmute())) {
      const problem = local.microphoneProblem.value;
      if (problem) notify(microphoneProblemText(problem));
    }
  }

  async toggleCamera(): Promise<void> {
    const { local } = this.#seat;
    if (local.cameraOn.value) local.stopCamera();
    else if (this.#mayPublish() && !(await local.startCamera())) {
      const problem = local.cameraProblem.value;
      if (problem) notify(cameraProblemText(problem));
    }
  }

  /** Stops sharing, or opens the menu for sharing. */
  toggleScreen(): void {
    const { local } = this.#seat;
    if (local.screenOn.value) local.stopScreen();
    else if (this.shareMenu.value) this.shareMenu.value = false;
    else if (this.#mayPublish()) {
      this.shareMenu.value = true;
      void refreshDevices();
    }
  }

  async share(origin: ShareOrigin, style: Style): Promise<void> {
    this.shareMenu.value = false;
    const problem = await this.#seat.local.share(origin, style);
    if (problem === null) return;
    if (origin.kind === 'camera') notify(cameraProblemText(problem));
    // Closing the picker cancels sharing and needs no notice.
    else if (problem !== 'denied') notify(t('screen-failed'));
  }

  /** Push to talk: heard while the key is down. */
  async talk(down: boolean): Promise<void> {
    const { local } = this.#seat;
    if (down) {
      const may = canConnect() && this.#seat.may('media.publish');
      if (local.microphoneOn.value || !may) return;
      this.talking.value = true;
      await local.unmute();
      // The key may be released before the microphone is open.
      if (!this.talking.value) local.mute();
    } else if (this.talking.value) {
      this.talking.value = false;
      local.mute();
    }
  }

  async toggleHand(): Promise<void> {
    const self = this.#self();
    if (self) await this.#seat.ask('hand.raise', { raised: self.hand === null });
  }

  toggleLayout(): void {
    settings.layout.value = settings.layout.value === 'stage' ? 'grid' : 'stage';
    this.#seat.pinned.value = null;
    this.page.value = 0;
  }

  togglePanel(panel: Panel): void {
    this.#seat.chat.markRead();
    this.panel.value = this.panel.value === panel ? null : panel;
  }

  togglePin(participant: string): void {
    const { pinned } = this.#seat;
    pinned.value = pinned.value === participant ? null : participant;
  }

  movePage(by: number): void {
    const page = Math.min(this.pages - 1, this.page.value + by);
    this.page.value = Math.max(0, page);
  }

  useMicrophone(id: string): void {
    settings.microphone.value = id;
    void this.#seat.local.change('microphone');
  }

  useCamera(id: string): void {
    settings.camera.value = id;
    void this.#seat.local.change('camera');
  }

  /** Leaves; asks first if the user could also close the room. */
  leave(): void {
    if (this.#seat.may('room.manage')) this.dialog.value = 'leave';
    else void this.#seat.leave();
  }

  #self(): ParticipantInfo | null {
    const view = this.#seat.view.value;
    return view?.participants.get(view.self) ?? null;
  }

  #mayPublish(): boolean {
    if (!canConnect()) {
      notify(t('no-webrtc'));
      return false;
    }
    // Before joining nothing is sent: everybody may set up devices.
    if (this.#seat.phase.value.name !== 'inside') return true;
    const may = this.#seat.may('media.publish');
    if (!may) notify(t('notice-no-floor'));
    return may;
  }
}
