/*
 * Outgoing media: keeps the publish connection, and the mute states of its tracks on the
 * server, in line with what the user has switched on.
 *
 * The user may switch again while a request is pending; `sync` runs until both agree.
 */
import { effect, signal } from '@preact/signals';
import type { SourceName } from '../../protocol';
import { canConnect } from '../../media/ability';
import type { LocalMedia } from '../../media/local';
import { afresh, type VideoSource } from '../../media/layers';
import { Publisher, SECTIONS } from '../../media/publisher';
import { Unanswered } from '../../deadline';
import { codec } from '../../state/settings';
import { CodedError } from '../../signaling/errors';
import type { Link } from '../../signaling/link';

const RETRY_MS = 1500; // the server allows one negotiation a second

export class Sending {
  readonly #link: Link;
  readonly #local: LocalMedia;
  readonly #allowed = signal(false);
  /** The mute states that the server has been sent: true is not muted. */
  readonly #announced = new Map<SourceName, boolean>();
  /** The layers of each source that the server requested last. */
  readonly #layers = new Map<VideoSource, readonly number[]>();
  readonly #failed: (error: CodedError) => void;
  readonly #stop: () => void;
  #publisher: Publisher | null = null;
  #running = false;
  #again = false;
  #closed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(link: Link, local: LocalMedia, failed: (error: CodedError) => void) {
    this.#link = link;
    this.#local = local;
    this.#failed = failed;
    this.#stop = effect(() => {
      // Every signal read here starts a run when it changes.
      for (const { source } of SECTIONS) local.on(source);
      void local.shared.value;
      const wanted = local.tracks.value.size > 0;
      if (this.#allowed.value && wanted) queueMicrotask(() => void this.sync());
      else if (this.#publisher) queueMicrotask(() => void this.sync());
    });
  }

  get publisher(): Publisher | null {
    return this.#publisher;
  }

  /** Sets whether the role may publish. When it may not, everything stops at once. */
  allow(allowed: boolean): void {
    this.#allowed.value = allowed;
    if (!allowed) {
      this.#drop();
      this.#local.close();
    }
  }

  /**
   * The connection to the server is back; `stillPublished`: it still has our publish
   * leg.
   */
  cameBack(stillPublished: boolean): void {
    // The announced mute states are still valid: a moderator's mute arrives as
    // `seat.muted`.
    if (!stillPublished || this.#publisher?.broken) this.#drop();
    void this.sync();
  }

  /** Takes the server's request for the layers of a source. */
  setLayers(source: SourceName, layers: readonly number[]): void {
    if (source !== 'camera' && source !== 'screen') return;
    this.#layers.set(source, layers);
    void this.#publisher?.layers(source, layers);
  }

  /** Makes the connection before it is needed, for a quick join. */
  prepare(): void {
    if (this.#local.tracks.value.size > 0) this.#publisher ??= this.#create();
  }

  async offerAgain(): Promise<void> {
    const publisher = this.#publisher;
    try {
      await publisher?.offerAgain();
    } catch (error) {
      this.#trouble(error, publisher);
    }
  }

  /** Brings the publish connection in line with the tracks and switches. */
  async sync(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    let publisher: Publisher | null = null;
    try {
      do {
        this.#again = false;
        publisher = this.#needed();
        if (publisher) await this.#step(publisher);
      } while (this.#again && !this.#closed);
    } catch (error) {
      this.#trouble(error, publisher);
    } finally {
      this.#running = false;
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#stop();
    this.#drop();
  }

  /**
   * The publisher to synchronise; null: nothing can be sent, or nothing is to be sent.
   */
  #needed(): Publisher | null {
    const online = this.#link.phase.value.name === 'online';
    if (this.#closed || !online || !this.#allowed.value || !canConnect()) return null;
    if (!this.#publisher && this.#local.tracks.value.size === 0) return null;
    return (this.#publisher ??= this.#create());
  }

  async #step(publisher: Publisher): Promise<void> {
    const tracks = this.#local.tracks.value;
    await Promise.all(
      SECTIONS.map(({ source }) => publisher.place(source, tracks.get(source) ?? null)),
    );
    void publisher.style(this.#local.shared.value?.style ?? 'sharp');
    await publisher.offered();
    for (const { source } of SECTIONS) {
      const active = this.#local.on(source);
      if (this.#announced.get(source) === active || publisher !== this.#publisher)
        continue;
      this.#announced.set(source, active);
      try {
        await this.#link.request('media.track', { source, active });
      } catch (error) {
        this.#announced.delete(source);
        throw error;
      }
    }
  }

  #create(): Publisher {
    const publisher = new Publisher(
      async (sdp, sections) => {
        const tracks = sections.map((section) => ({
          ...section,
          active: this.#local.on(section.source),
        }));
        const answer = await this.#link.request('media.publish', { sdp, tracks });
        if (publisher === this.#publisher) {
          for (const { source, active } of tracks) this.#announced.set(source, active);
        }
        return answer.sdp;
      },
      () => {
        if (publisher !== this.#publisher) return;
        this.#drop();
        void this.sync();
      },
    );
    publisher.preferCodec(codec.peek());
    for (const [source, layers] of this.#layers) {
      void publisher.layers(source, afresh(layers));
    }
    return publisher;
  }

  #drop(): void {
    this.#publisher?.close();
    this.#publisher = null;
    this.#announced.clear();
  }

  /** Handles a failed request of `asked`, a publisher that may have been replaced. */
  #trouble(error: unknown, asked: Publisher | null): void {
    if (this.#closed) return;
    // The browser did not answer: its peer connection is closed, or hangs.
    if (error instanceof Unanswered) {
      if (asked === this.#publisher) this.#drop();
    }
    // Without an answer the socket reconnects first, and `cameBack` starts again.
    else if (!(error instanceof CodedError)) return;
    else this.#failed(error);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.sync(), RETRY_MS);
  }
}
