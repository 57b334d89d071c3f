/*
 * The test before a conference: devices, rated by the user, then the connection to the
 * server, measured by sending media.
 */
import { computed, effect, signal } from '@preact/signals';
import { canConnect } from '../media/ability';
import { refreshDevices } from '../media/devices';
import { LocalMedia } from '../media/local';
import { within } from '../deadline';
import type { ConnectAuth } from '../protocol';
import { CodedError } from '../signaling/errors';
import { Link } from '../signaling/link';
import { watchOwnDevices } from '../devices/watch';
import * as settings from '../state/settings';
import { movingPattern } from './pattern';
import { testConnectivity, type Transport, type Trial } from './connectivity';

export type ConnectivityState =
  | { name: 'waiting' }
  | { name: 'running' }
  | { name: 'done'; trial: Trial }
  | { name: 'refused'; error: unknown };

const ONLINE_WITHIN_MS = 10_000; // for the socket; after it the request fails by itself
/** For the browser's device prompt, before the connection is tested without devices. */
const ALLOWED_WITHIN_MS = 20_000;
const HEARD_LEVEL = 0.25; // of the meter: clearly above a quiet room

export class Check {
  readonly local = new LocalMedia();
  /** Null: no invitation, so only devices are tested. */
  readonly link: Link | null;
  readonly started = signal(false);
  readonly devicesTried = signal(false);
  /** The microphone picked up sound. */
  readonly heard = signal(false);
  /** Whether the user heard the tone; null: not answered yet. */
  readonly toneHeard = signal<boolean | null>(null);
  readonly udp = signal<ConnectivityState>({ name: 'waiting' });
  readonly tcp = signal<ConnectivityState>({ name: 'waiting' });
  readonly running = computed(
    () => this.udp.value.name === 'running' || this.tcp.value.name === 'running',
  );
  readonly #stops: (() => void)[] = [];
  #closed = false;

  constructor(entry: ConnectAuth | null) {
    this.link = entry ? new Link(entry) : null;
    this.link?.open();
    void refreshDevices();
    this.#stops.push(
      watchOwnDevices({
        local: this.local,
        useMicrophone: (id) => this.useMicrophone(id),
      }),
      effect(() => {
        if (this.local.level.value > HEARD_LEVEL) this.heard.value = true;
      }),
    );
  }

  /** Opens the devices, then tests UDP and TCP; it may be called again. */
  async start(): Promise<void> {
    if (this.running.peek()) return;
    this.started.value = true;
    // The connection test does not depend on permission for devices.
    await within(ALLOWED_WITHIN_MS, this.local.openBoth()).catch(() => undefined);
    this.devicesTried.value = true;
    if (this.link === null) return;
    // One after the other: in parallel they would share the link and measure half of
    // it.
    await this.#try('udp');
    await this.#try('tcp');
  }

  useMicrophone(id: string): void {
    settings.microphone.value = id;
    this.heard.value = false;
    void this.local.change('microphone');
  }

  useCamera(id: string): void {
    settings.camera.value = id;
    void this.local.change('camera');
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.link?.dispose();
    this.local.close();
  }

  async #try(transport: Transport): Promise<void> {
    const state = transport === 'udp' ? this.udp : this.tcp;
    const { link } = this;
    if (link === null || this.#closed) return;
    if (!canConnect()) {
      state.value = { name: 'refused', error: new CodedError('no-webrtc', '') };
      return;
    }
    state.value = { name: 'running' };
    const pattern = movingPattern();
    // If no pattern can be drawn, the camera is sent, which measures a lower bitrate.
    const video = pattern?.track ?? this.local.tracks.value.get('camera');
    try {
      if (!video) throw new CodedError('internal', 'no picture to send');
      await this.#online();
      const audio = this.local.tracks.value.get('microphone') ?? null;
      const trial = await testConnectivity(
        transport,
        { audio, video },
        async (sdp) => (await link.request('media.preflight', { sdp })).sdp,
      );
      state.value = { name: 'done', trial };
    } catch (error) {
      state.value = { name: 'refused', error };
    } finally {
      pattern?.stop();
    }
  }

  /**
   * Waits until the socket is online or refused; a request then reports the problem.
   */
  async #online(): Promise<void> {
    const { link } = this;
    if (link === null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ONLINE_WITHIN_MS);
      const stop = effect(() => {
        const phase = link.phase.value;
        if (phase.name !== 'online' && phase.name !== 'refused') return;
        clearTimeout(timer);
        queueMicrotask(() => stop());
        resolve();
      });
      this.#stops.push(stop);
    });
    const phase = link.phase.peek();
    if (phase.name === 'refused') throw new CodedError(phase.code, phase.message);
  }
}
