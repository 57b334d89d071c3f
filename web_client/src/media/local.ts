/*
 * The user's microphone, camera and screen, from the page before joining until the end.
 *
 * Holds the tracks and what is switched on; `room/seat/sending.ts` publishes them. The
 * microphone is opened once and its raw track is measured; a clone is sent, which is
 * disabled while muted, so that the meter still detects speech into a muted microphone.
 */
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { SourceName } from '../protocol';
import * as settings from '../state/settings';
import {
  openCamera,
  openDocumentCamera,
  openMicrophone,
  openMicrophoneAndCamera,
  openScreen,
  restyle,
  type Both,
  type Opened,
} from './capture';
import { refreshDevices } from './devices';
import type { Style } from './layers';
import { meter } from './meter';
import { captureObstacle, captureProblem, type CaptureProblem } from './problems';

export type Sent = ReadonlyMap<SourceName, MediaStreamTrack>;
export type Own = 'microphone' | 'camera';

/** The source of the content section: a screen, or a second camera by its id. */
export type ShareOrigin = { kind: 'screen' } | { kind: 'camera'; id: string };

export interface Shared {
  readonly origin: ShareOrigin['kind'];
  readonly style: Style;
}
type Ended = (source: SourceName) => void;

export class LocalMedia {
  readonly microphoneOn = signal(false);
  readonly cameraOn = signal(false);
  /** What is shared besides the user's camera. */
  readonly shared = signal<Shared | null>(null);
  readonly screenOn = computed(() => this.shared.value !== null);
  readonly level = signal(0);
  readonly microphoneProblem = signal<CaptureProblem | null>(null);
  readonly cameraProblem = signal<CaptureProblem | null>(null);
  /**
   * Devices with a pending request to the browser, which the user may have to confirm.
   */
  readonly opening = signal<ReadonlySet<Own>>(new Set());
  readonly #tracks = signal<Sent>(new Map());
  #raw: MediaStreamTrack | null = null;
  #stopMeter: (() => void) | null = null;
  readonly #running: Record<Own, Promise<void> | null> = {
    microphone: null,
    camera: null,
  };
  /** Number of calls of `close`: permission given after one is not used any more. */
  #era = 0;
  readonly #asked: Record<Own, string> = { microphone: '', camera: '' };
  /** Called when a chosen device is missing, with the name of the one used instead. */
  onInstead: (source: Own, name: string) => void = () => undefined;
  /** Called when a device, or the browser's own "stop sharing", ended a track. */
  onEnded: Ended = () => undefined;

  /** Tracks to send, by source; a muted microphone is included and disabled. */
  get tracks(): ReadonlySignal<Sent> {
    return this.#tracks;
  }

  /** The picture of the user's camera. */
  readonly camera = computed(() => this.#tracks.value.get('camera') ?? null);

  on(source: SourceName): boolean {
    switch (source) {
      case 'microphone':
        return this.microphoneOn.value;
      case 'camera':
        return this.cameraOn.value;
      case 'screen':
        return this.screenOn.value;
      case 'screen_audio':
        return this.#tracks.value.has('screen_audio');
    }
  }

  /** Opens both at once, so that the browser shows a single permission prompt. */
  async openBoth(): Promise<void> {
    if (this.#raw || this.#tracks.value.has('camera') || captureObstacle()) {
      await Promise.all([this.unmute(), this.startCamera()]);
      return;
    }
    const era = this.#era;
    this.#asked.microphone = settings.microphone.value;
    this.#asked.camera = settings.camera.value;
    this.opening.value = new Set(['microphone', 'camera']);
    const opening = this.#openBothNow().finally(() => {
      this.#running.microphone = this.#running.camera = null;
      this.opening.value = new Set();
    });
    this.#running.microphone = this.#running.camera = opening.then(() => undefined);
    if ((await opening) || era !== this.#era) return;
    // One of the two is missing or forbidden; the other may still open.
    await this.unmute();
    await this.startCamera();
  }

  async #openBothNow(): Promise<boolean> {
    const era = this.#era;
    let both: Both;
    try {
      both = await openMicrophoneAndCamera(
        settings.microphone.value,
        settings.camera.value,
      );
    } catch {
      return false;
    }
    if (era !== this.#era) {
      both.microphone.track.stop();
      both.camera.track.stop();
      return true;
    }
    this.#takeMicrophone(both.microphone.track, true);
    this.#setMicrophone(true);
    this.#takeCamera(both.camera.track);
    this.microphoneProblem.value = null;
    this.cameraProblem.value = null;
    this.#sayInstead('microphone', both.microphone);
    this.#sayInstead('camera', both.camera);
    void refreshDevices();
    return true;
  }

  /** Opens the microphone if needed and unmutes it. False: it cannot be opened. */
  async unmute(): Promise<boolean> {
    if (!this.#raw) await this.#open('microphone');
    const sent = this.#tracks.value.get('microphone');
    if (!sent) return false;
    sent.enabled = true;
    this.#setMicrophone(true);
    return true;
  }

  mute(): void {
    const sent = this.#tracks.value.get('microphone');
    if (sent) sent.enabled = false;
    this.#setMicrophone(false);
  }

  async startCamera(): Promise<boolean> {
    if (!this.#tracks.value.has('camera')) await this.#open('camera');
    return this.#tracks.value.has('camera');
  }

  /** Stops the camera itself, so that its light turns off. */
  stopCamera(): void {
    this.#drop('camera');
    this.cameraOn.value = false;
    settings.switchedOn.set('camera', false);
  }

  /**
   * Shares a screen or second camera. Null: shared; else the problem ('denied': the
   * user cancelled).
   */
  async share(origin: ShareOrigin, style: Style): Promise<CaptureProblem | null> {
    try {
      if (origin.kind === 'camera') {
        this.#put('screen', await openDocumentCamera(origin.id, style));
      } else {
        const { video, audio } = await openScreen(style);
        this.#put('screen', video);
        if (audio) this.#put('screen_audio', audio);
      }
      this.shared.value = { origin: origin.kind, style };
      return null;
    } catch (error) {
      return captureProblem(error);
    }
  }

  /** Switches between sharp and smooth while sharing continues. */
  async restyle(style: Style): Promise<void> {
    const shared = this.shared.value;
    const track = this.#tracks.value.get('screen');
    if (!shared || !track) return;
    this.shared.value = { ...shared, style };
    await restyle(track, style);
  }

  stopScreen(): void {
    this.#drop('screen');
    this.#drop('screen_audio');
    this.shared.value = null;
  }

  /** Replaces the current microphone or camera by the chosen one. */
  async change(source: Own): Promise<boolean> {
    const before = this.#tracks.value.get(source);
    const running = this.#running[source] !== null;
    if (!running && !before && !(source === 'microphone' && this.#raw)) return true;
    const on = this.on(source);
    if (source === 'camera') before?.stop(); // some cameras cannot be opened twice
    await this.#open(source, on);
    return this.#tracks.value.get(source)?.readyState === 'live';
  }

  /** The label of the device in use. */
  labelOf(source: Own): string {
    return source === 'microphone'
      ? (this.#raw?.label ?? '')
      : (this.camera.value?.label ?? '');
  }

  /** The id of the device in use; empty: none, or the browser withholds it. */
  idOf(source: Own): string {
    return this.#tracks.value.get(source)?.getSettings().deviceId ?? '';
  }

  /** Stops everything; it can be opened again. */
  close(): void {
    this.#era += 1;
    this.#loseMicrophone();
    this.stopCamera();
    this.stopScreen();
  }

  #setMicrophone(on: boolean): void {
    this.microphoneOn.value = on;
    settings.switchedOn.set('microphone', on);
  }

  async #open(source: Own, on = true): Promise<void> {
    // Two quick presses request a device once; a later choice is applied afterwards.
    const running = this.#running[source];
    if (running) {
      const asked = this.#asked[source];
      await running;
      if (settings.ownDevice(source).value === asked || !this.#tracks.value.has(source))
        return;
      return this.#open(source, this.on(source));
    }
    this.#asked[source] = settings.ownDevice(source).value;
    this.opening.value = new Set([...this.opening.value, source]);
    const opening = this.#openNow(source, on).finally(() => {
      this.#running[source] = null;
      this.opening.value = new Set([...this.opening.value].filter((o) => o !== source));
    });
    this.#running[source] = opening;
    return opening;
  }

  #sayInstead(source: Own, { track, instead }: Opened): void {
    if (instead) this.onInstead(source, track.label);
  }

  async #openNow(source: Own, on: boolean): Promise<void> {
    const problem =
      source === 'microphone' ? this.microphoneProblem : this.cameraProblem;
    const obstacle = captureObstacle();
    if (obstacle) {
      problem.value = obstacle;
      return;
    }
    const era = this.#era;
    try {
      const open = source === 'microphone' ? openMicrophone : openCamera;
      const opened = await open(settings.ownDevice(source).value);
      if (era !== this.#era) {
        opened.track.stop();
        return;
      }
      if (source === 'microphone') this.#takeMicrophone(opened.track, on);
      else this.#takeCamera(opened.track);
      this.#sayInstead(source, opened);
      problem.value = null;
      void refreshDevices();
    } catch (error) {
      if (era !== this.#era) return;
      problem.value = captureProblem(error);
      if (source === 'camera') this.stopCamera();
      else this.#loseMicrophone();
    }
  }

  #loseMicrophone(): void {
    this.#stopMeter?.();
    this.#stopMeter = null;
    this.#raw?.stop();
    this.#raw = null;
    this.#drop('microphone');
    this.#setMicrophone(false);
    this.level.value = 0;
  }

  #takeCamera(track: MediaStreamTrack): void {
    this.#put('camera', track);
    this.cameraOn.value = true;
    settings.switchedOn.set('camera', true);
  }

  #takeMicrophone(raw: MediaStreamTrack, on: boolean): void {
    this.#stopMeter?.();
    this.#raw?.stop();
    this.#raw = raw;
    const sent = raw.clone();
    sent.enabled = on;
    this.#put('microphone', sent);
    raw.addEventListener('ended', () => {
      if (this.#raw === raw) this.onEnded('microphone');
    });
    this.#stopMeter = meter(raw, (level) => {
      this.level.value = level;
    });
  }

  #put(source: SourceName, track: MediaStreamTrack): void {
    const tracks = new Map(this.#tracks.value);
    const before = tracks.get(source);
    tracks.set(source, track);
    this.#tracks.value = tracks;
    if (before && before !== track) before.stop();
    if (source === 'microphone') return; // its raw track reports that
    track.addEventListener('ended', () => {
      if (this.#tracks.value.get(source) === track) this.onEnded(source);
    });
  }

  #drop(source: SourceName): void {
    const track = this.#tracks.value.get(source);
    if (!track) return;
    const tracks = new Map(this.#tracks.value);
    tracks.delete(source);
    this.#tracks.value = tracks;
    track.stop();
  }
}
