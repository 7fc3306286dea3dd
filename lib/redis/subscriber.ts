import { setTimeout as delay } from "node:timers/promises";
import type { z } from "zod";
import { log } from "../core/log";
import { validateChannel } from "./channel-name";
import { type ChannelStreamOptions, keepStreamOpen } from "./channel-stream";
import { decodeMessage } from "./message-codec";

export interface SubscribeOptions {
  /**
   * Called each time messages begin to flow to this listener, the first time and after every interruption.
   * What was published while they did not flow is gone, so after a reconnection whoever must not miss
   * anything reads it anew from where it is kept.
   */
  onConnect?: (connection: { reconnected: boolean }) => void;
  /** Called when messages flow no more, until the next `onConnect`. */
  onLost?: () => void;
}

export interface Subscription {
  /** Resolves when messages flow; rejects with {@link SubscriptionEndedError} when it is ended before. */
  readonly ready: Promise<void>;
  /** Ends it; with the last listener of a channel its stream ends. Safe to call twice. */
  close(): void;
}

/** The subscription was ended before Redis could be reached, or the subscriber has been shut down. */
export class SubscriptionEndedError extends Error {
  override name = "SubscriptionEndedError";
}

export interface SubscriberOptions
  extends Pick<ChannelStreamOptions, "url" | "token" | "connectTimeoutMs">,
    Partial<Pick<ChannelStreamOptions, "wait">> {
  /** A message was not as its listener's schema says. */
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
  /** It was connected at some time: the next connection is a reconnection. */
  wasConnected: boolean;
}

/**
 * Listens to channels: one event stream each, shared by all its listeners in this process, and opened again
 * whenever it ends, until it is ended here. At most once: messages that are published while a stream is
 * away do not come later. A connection that dies without a word is noticed after five minutes without a
 * message, when `fetch` gives up on it; what that may hide is for the listener's own heartbeat to find.
 */
export class Subscriber {
  private readonly channels = new Map<string, ChannelState>();
  private readonly lostChannels = new Set<string>();
  private closed = false;

  constructor(private readonly options: SubscriberOptions) {}

  /**
   * @param onMessage  called with each message that is as the schema says; others are counted. What it throws
   *                   is logged and goes no further.
   * @throws {ChannelNameError} @throws {SubscriptionEndedError} after `close`
   */
  subscribe<T>(
    name: string,
    schema: z.ZodType<T>,
    onMessage: (message: T) => void,
    { onConnect, onLost }: SubscribeOptions = {},
  ): Subscription {
    validateChannel(name);
    if (this.closed) throw new SubscriptionEndedError("the subscriber has been shut down");
    let resolve = () => {};
    let reject = (_: Error) => {};
    const ready = new Promise<void>((resolved, rejected) => {
      resolve = resolved;
      reject = rejected;
    });
    // Whoever does not wait for it need not handle it.
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
      onEnded: () => reject(new SubscriptionEndedError(`the subscription to ${name} was ended`)),
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

  /** Channels with a listener, and whether messages flow. */
  state(): Record<string, "connected" | "connecting"> {
    return Object.fromEntries(
      [...this.channels].map(([name, { connected }]) => [name, connected ? "connected" : "connecting"]),
    );
  }

  /** Ends all streams and all waiting; nobody can subscribe any more. */
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
      log().info("Redis subscriptions are back");
    for (const listener of [...channel.listeners]) listener.onConnected(reconnected);
  }

  /** Once for an outage, however many channels and attempts it has. */
  private markLost(name: string, error: unknown): void {
    if (this.lostChannels.size === 0)
      log().warn({ channel: name, err: error }, "Redis subscriptions are interrupted");
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
    log().error({ err: error }, "a listener of a Redis channel failed");
  }
}
