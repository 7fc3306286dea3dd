import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import { log } from "../core/log";
import { type ChannelStreamOptions, decodeMessage, keepStreamOpen, validateChannel } from "./channel";

export interface SubscribeOptions {
  /**
   * Called each time this listener is connected: the first time and after every interruption. Messages published
   * during an interruption are lost, so after a reconnection a listener that must not miss anything reads the
   * current state from its store.
   */
  onConnect?: (connection: { reconnected: boolean }) => void;
  /** Called when the connection is lost; no messages arrive until the next `onConnect`. */
  onLost?: () => void;
}

export interface Subscription {
  /** Resolves when connected; rejects with {@link SubscriptionEndedError} when the subscription ends before. */
  readonly ready: Promise<void>;
  /** Ends the subscription, and the channel's stream with its last listener. Safe to call twice. */
  close(): void;
}

/** The subscription was closed before it was connected, or the subscriber has been closed. */
export class SubscriptionEndedError extends Error {
  override name = "SubscriptionEndedError";
}

export interface SubscriberOptions
  extends Pick<ChannelStreamOptions, "url" | "token" | "connectTimeoutMs">,
    Partial<Pick<ChannelStreamOptions, "wait">> {
  /** Called for a message that does not match its listener's schema. */
  onInvalid?: () => void;
}

interface ChannelListener {
  onConnected(reconnected: boolean): void;
  onLost(): void;
  onMessage(payload: string): void;
  onEnded(): void;
}

interface ChannelState {
  readonly listeners: Set<ChannelListener>;
  readonly abort: AbortController;
  connected: boolean;
  /** It was connected before: the next connection is a reconnection. */
  wasConnected: boolean;
}

/**
 * Subscribes to channels: one event stream per channel, shared by all its listeners in this process and reopened
 * whenever it ends, until the last listener closes. Delivery is at most once: messages published while a stream
 * is interrupted are lost. A connection that dies silently is noticed after five minutes without a message, when
 * `fetch` times out; a listener that needs to know earlier needs its own heartbeat.
 */
export class Subscriber {
  private readonly channels = new Map<string, ChannelState>();
  private readonly lostChannels = new Set<string>();
  private closed = false;

  constructor(private readonly options: SubscriberOptions) {}

  /**
   * @param onMessage  called with each message that matches the schema; others are only counted. Its errors are
   *                   logged and not propagated.
   * @throws {ChannelNameError} @throws {SubscriptionEndedError} after `close`
   */
  subscribe<T>(
    name: string,
    schema: z.ZodType<T>,
    onMessage: (message: T) => void,
    { onConnect, onLost }: SubscribeOptions = {},
  ): Subscription {
    validateChannel(name);
    if (this.closed) throw new SubscriptionEndedError("subscriber closed");
    let resolve = () => {};
    let reject = (_: Error) => {};
    const ready = new Promise<void>((resolved, rejected) => {
      resolve = resolved;
      reject = rejected;
    });
    // A caller that does not await `ready` must not cause an unhandled rejection.
    ready.catch(() => {});
    const listener: ChannelListener = {
      onConnected: (reconnected) => {
        resolve();
        callListener(() => onConnect?.({ reconnected }));
      },
      onLost: () => callListener(() => onLost?.()),
      onMessage: (payload) => {
        const message = decodeMessage(payload, schema);
        if (message.success) callListener(() => onMessage(message.data));
        else this.options.onInvalid?.();
      },
      onEnded: () => reject(new SubscriptionEndedError(`subscription closed: ${name}`)),
    };
    const channel = this.channels.get(name) ?? this.open(name);
    channel.listeners.add(listener);
    if (channel.connected)
      queueMicrotask(() => channel.listeners.has(listener) && listener.onConnected(false));
    return { ready, close: () => this.remove(name, channel, listener) };
  }

  /** Ends every subscription to a channel in this process. */
  unsubscribe(name: string): void {
    const channel = this.channels.get(name);
    if (!channel) return;
    for (const listener of channel.listeners) this.remove(name, channel, listener);
  }

  /** The state of every channel that has a listener. */
  state(): Record<string, "connected" | "connecting"> {
    return Object.fromEntries(
      [...this.channels].map(([name, { connected }]) => [name, connected ? "connected" : "connecting"]),
    );
  }

  /** Ends all subscriptions; `subscribe` throws from then on. */
  close(): void {
    this.closed = true;
    for (const name of [...this.channels.keys()]) this.unsubscribe(name);
  }

  private open(name: string): ChannelState {
    const channel: ChannelState = {
      listeners: new Set(),
      abort: new AbortController(),
      connected: false,
      wasConnected: false,
    };
    this.channels.set(name, channel);
    void keepStreamOpen(
      {
        ...this.options,
        channel: name,
        wait: this.options.wait ?? ((delayMs, signal) => delay(delayMs, undefined, { signal })),
        onConnected: () => this.markConnected(name, channel),
        onLost: (error) => {
          const wasConnected = channel.connected;
          channel.connected = false;
          this.markLost(name, error);
          if (wasConnected) for (const listener of [...channel.listeners]) listener.onLost();
        },
        onMessage: (payload) => {
          for (const listener of [...channel.listeners]) listener.onMessage(payload);
        },
      },
      channel.abort.signal,
    );
    return channel;
  }

  private markConnected(name: string, channel: ChannelState): void {
    const reconnected = channel.wasConnected;
    channel.connected = true;
    channel.wasConnected = true;
    if (this.lostChannels.delete(name) && this.lostChannels.size === 0)
      log().info("Redis subscriptions restored");
    for (const listener of [...channel.listeners]) listener.onConnected(reconnected);
  }

  /** Logs once per outage, however many channels and attempts it affects. */
  private markLost(name: string, error: unknown): void {
    if (this.lostChannels.size === 0)
      log().warn({ channel: name, err: error }, "Redis subscriptions interrupted");
    this.lostChannels.add(name);
  }

  private remove(name: string, channel: ChannelState, listener: ChannelListener): void {
    if (!channel.listeners.delete(listener)) return;
    listener.onEnded();
    if (channel.listeners.size > 0) return;
    this.channels.delete(name);
    this.lostChannels.delete(name);
    channel.abort.abort();
  }
}

function callListener(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    log().error({ err: error }, "Redis channel listener failed");
  }
}
