import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { log } from "../core/log";
import type { Channel } from "./catalogue";
import { type Cursor, formatCursor, formatEventId } from "./cursor";
import { hub, type Member } from "./hub";
import { type Listener, Membership } from "./membership";

/** A function may run for five minutes (`maxDuration` of the route): the stream ends before, and the browser comes back. */
const LIFETIME_MS = 285_000;
/** A browser has one; so many are somebody's script. */
const MOST_OF_ONE_PERSON = 30;
/** Of one stream: more do not fit an address. */
export const MOST_CHANNELS = 100;
/** How soon a browser comes back after the stream has ended. */
const RETRY_MS = 1_000;
/** What a browser may leave unread before it is cut off: it comes back and reads from where it was. */
const MOST_UNREAD_BYTES = 1_000_000;

export interface StreamOptions {
  userId: string;
  /** What it listens to, and from where: null is from now. */
  channels: ReadonlyMap<Channel, Cursor | null>;
  /** Whether who opened it may still have it. Throws when nobody can say: it stays open then. */
  mayStay(): Promise<boolean>;
  /** Those of the channels that they may listen to. */
  mayListen(channels: readonly Channel[]): Promise<ReadonlySet<Channel>>;
  /** It is open. @param streamId  what the browser answers heartbeats with */
  onOpen?(streamId: string): void;
  /** It has ended, whoever ended it. */
  onClose?(streamId: string): void;
  /** The browser is gone. */
  signal: AbortSignal;
}

/** What this instance has open, and whether it hears what others tell. */
export const streamStats = () => hub.stats();

/**
 * Opens an event stream (server-sent events). docs/REALTIME.md has the protocol: `open`, then for each channel
 * `joined` and its events in order, `reload` where something is missing for good, `denied` for a channel that is
 * (no longer) theirs, `live`, `heartbeat`, and at the end `session-ended` or `reconnect`.
 *
 * @throws {AppError} forbidden when they may listen to none of what they asked for; rate_limited when the person has
 *         too many open on this instance
 */
export async function openStream(options: StreamOptions): Promise<Response> {
  const { userId, channels } = options;
  if (hub.countOf(userId) >= MOST_OF_ONE_PERSON)
    throw new AppError("rate_limited", { retryAfterSeconds: 60 });
  const allowed = channels.size > 0 ? await options.mayListen([...channels.keys()]) : new Set<Channel>();
  if (channels.size > 0 && allowed.size === 0) throw new AppError("forbidden");
  let stream: Stream | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        stream = new Stream(options, allowed, controller);
        stream.open();
      },
      cancel: () => stream?.close(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      // nginx would hold it back.
      "x-accel-buffering": "no",
    },
  });
}

const encoder = new TextEncoder();

class Stream implements Member, Listener {
  readonly userId: string;
  readonly memberships = new Map<Channel, Membership>();
  private readonly id = newId();
  private closed = false;
  private end: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: StreamOptions,
    allowed: ReadonlySet<Channel>,
    private readonly controller: ReadableStreamDefaultController<Uint8Array>,
  ) {
    this.userId = options.userId;
    for (const [channel, since] of options.channels) {
      if (allowed.has(channel)) this.memberships.set(channel, new Membership(channel, since, this));
    }
  }

  open(): void {
    const { signal, channels, onOpen } = this.options;
    if (signal.aborted) {
      this.controller.close();
      return;
    }
    signal.addEventListener("abort", this.close);
    this.end = setTimeout(() => this.finish("reconnect"), LIFETIME_MS);
    hub.add(this);
    this.write(`retry: ${RETRY_MS}\n`);
    this.say("open", { streamId: this.id, live: hub.live });
    for (const channel of channels.keys())
      if (!this.memberships.has(channel)) this.say("denied", { channel });
    for (const membership of this.memberships.values()) void membership.catchUp();
    onOpen?.(this.id);
    // It may have ended between the request and now, before there was anybody to be told.
    void hub.listening?.then(
      () => this.checkSession(),
      () => {},
    );
  }

  onJoined(channel: Channel, at: Cursor, resumed: boolean): void {
    this.say("joined", { channel, at: formatCursor(at), resumed });
  }

  onEvent(channel: Channel, at: Cursor | null, event: { event: string; data: unknown }): void {
    if (at) this.write(`id: ${formatEventId(channel, at)}\n`);
    this.say("event", { channel, ...(at ? { at: formatCursor(at) } : {}), ...event });
  }

  onReload(channel: Channel, at: Cursor): void {
    this.say("reload", { channel, at: formatCursor(at) });
  }

  onHeartbeat(live: boolean, heads: Record<string, string>): void {
    this.say("heartbeat", { live, heads });
    void this.checkSession();
  }

  onLive(live: boolean): void {
    this.say("live", { live });
  }

  onWake(): void {
    void this.checkSession();
    void this.checkChannels();
  }

  onDoubt(): void {
    void this.checkSession();
  }

  private async checkSession(): Promise<void> {
    try {
      if (!this.closed && !(await this.options.mayStay())) this.finish("session-ended");
    } catch (error) {
      log().debug({ err: error }, "a stream stays open: nobody can say whether it may");
    }
  }

  private async checkChannels(): Promise<void> {
    try {
      const channels = [...this.memberships.keys()];
      if (this.closed || channels.length === 0) return;
      const allowed = await this.options.mayListen(channels);
      for (const channel of channels.filter((channel) => !allowed.has(channel))) {
        hub.leave(this, channel);
        this.memberships.delete(channel);
        this.say("denied", { channel });
      }
    } catch (error) {
      log().debug({ err: error }, "a stream keeps its channels: nobody can say whether it may");
    }
  }

  private say(event: string, data: object): void {
    // JSON has no line ends, at which an event would be cut.
    this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private write(text: string): void {
    if (this.closed) return;
    this.controller.enqueue(encoder.encode(text));
    if ((this.controller.desiredSize ?? 0) < -MOST_UNREAD_BYTES) this.close();
  }

  private finish(event: "session-ended" | "reconnect"): void {
    this.say(event, {});
    this.close();
  }

  readonly close = (): void => {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.end);
    this.options.signal.removeEventListener("abort", this.close);
    hub.remove(this);
    this.options.onClose?.(this.id);
    try {
      this.controller.close();
    } catch {
      // The browser was faster.
    }
  };
}
