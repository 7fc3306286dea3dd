"use client";

import { useEffect, useEffectEvent } from "react";
import type { Channel, ChannelKind, EventData, EventName } from "@/lib/schemas/channels";
import { cursorAfterEvent, type StreamEvent } from "./event-stream";
import { openSharedStream } from "./shared-stream";

/** A component's handlers for one channel. */
export interface ChannelHandlers<K extends ChannelKind> {
  /** By event name. */
  on: { [E in EventName<K>]?: (data: EventData<K, E>) => void };
  /**
   * Events may have been missed: read the data again from its source. Also called once when the channel is joined,
   * because the page was rendered before that; not for `sinceDocument`.
   */
  onReload?: () => void;
  /** The document's data was read after its cursors, so nothing is missed if the channel resumes from there. */
  sinceDocument?: boolean;
  /** False: no events arrive for now (Redis or the server is down), so poll; true: they arrive again. */
  onLive?: (live: boolean) => void;
}

/**
 * Subscribes to a channel while the component is mounted, through the event stream that the browser's tabs share.
 *
 * @param channel  null: no subscription
 */
export function useChannel<K extends ChannelKind>(
  channel: Channel<K> | null,
  handlers: ChannelHandlers<K>,
): void {
  const onEvent = useEffectEvent((event: string, data: unknown) => {
    // The server has validated the data with the schema of that event.
    (handlers.on as Record<string, ((data: unknown) => void) | undefined>)[event]?.(data);
  });
  const onReload = useEffectEvent(() => handlers.onReload?.());
  const onLive = useEffectEvent((live: boolean) => handlers.onLive?.(live));
  const { sinceDocument = false } = handlers;
  useEffect(() => {
    if (channel === null) return;
    return subscribeToChannel(channel, { onEvent, onReload, onLive, sinceDocument });
  }, [channel, sinceDocument]);
}

/** Callbacks of one subscriber of a channel. */
export interface ChannelSubscriber {
  onEvent(event: string, data: unknown): void;
  /** Events may have been missed. Also called once when the channel is joined, and when events resume. */
  onReload(): void;
  /** Whether events of this channel arrive at the moment. */
  onLive(live: boolean): void;
  /** See {@link ChannelHandlers}. */
  sinceDocument?: boolean;
}

/** An unused channel stays subscribed for this long: the next page usually subscribes to it again. */
const UNSUBSCRIBE_DELAY_MS = 3_000;
/** Until the first `live` event the state is unknown; after this long the stream counts as not live. */
const FIRST_EVENT_TIMEOUT_MS = 5_000;

/** Subscribers in this tab, by channel. */
const subscribers = new Map<string, Set<ChannelSubscriber>>();
/** Subscribers that have not reloaded since they subscribed. */
const awaitingReload = new Set<ChannelSubscriber>();
/** This tab's cursor in each channel of the browser's stream, also when another tab owns the stream. */
const cursors = new Map<string, string>();
const joinedChannels = new Set<string>();
/** Channels whose cursor is the document's: the stream has not joined them yet. */
const documentChannels = new Set<string>();
/** Channels that the server refused to open for this viewer. */
const deniedChannels = new Set<string>();
const unsubscribeTimers = new Map<string, ReturnType<typeof setTimeout>>();
let isLive: boolean | null = null;
let wasLive = false;
let sharedStream: ReturnType<typeof openSharedStream> | null = null;

/**
 * Subscribes to a channel. While a stream is open ({@link startRealtime}), events arrive in order, and `onReload`
 * reports every gap.
 *
 * @returns unsubscribes
 */
export function subscribeToChannel(channel: string, subscriber: ChannelSubscriber): () => void {
  const channelSubscribers = subscribers.get(channel) ?? new Set();
  subscribers.set(channel, channelSubscribers.add(subscriber));
  if (!subscriber.sinceDocument || !documentChannels.has(channel)) awaitingReload.add(subscriber);
  clearTimeout(unsubscribeTimers.get(channel));
  unsubscribeTimers.delete(channel);
  if (isLive !== null) subscriber.onLive(isLive && !deniedChannels.has(channel));
  if (joinedChannels.has(channel))
    queueMicrotask(() => channelSubscribers.has(subscriber) && notifyReload(subscriber));
  sharedStream?.onSubscriptionsChange(deniedChannels.has(channel) ? channel : undefined);
  return () => {
    channelSubscribers.delete(subscriber);
    awaitingReload.delete(subscriber);
    if (channelSubscribers.size > 0) return;
    subscribers.delete(channel);
    unsubscribeTimers.set(
      channel,
      setTimeout(() => unsubscribe(channel), UNSUBSCRIBE_DELAY_MS),
    );
  };
}

function unsubscribe(channel: string): void {
  unsubscribeTimers.delete(channel);
  cursors.delete(channel);
  documentChannels.delete(channel);
  joinedChannels.delete(channel);
  deniedChannels.delete(channel);
  sharedStream?.onSubscriptionsChange();
}

interface RealtimeStart {
  /** False: the server accepts public channels only. */
  signedIn: boolean;
  /** By channel: the stream's start. What subscribes as `sinceDocument` was read after them. */
  cursors?: Readonly<Record<string, string>>;
}

/**
 * Connects this page to the event stream that it shares with the browser's other tabs. Call it before the channels of
 * the document are subscribed to.
 * @returns disconnects
 */
export function startRealtime({ signedIn, cursors: documentCursors = {} }: RealtimeStart): () => void {
  for (const [channel, at] of Object.entries(documentCursors)) {
    cursors.set(channel, at);
    documentChannels.add(channel);
  }
  const firstEventTimer = setTimeout(
    () => isLive ?? applyStreamEvent({ type: "live", live: false }),
    FIRST_EVENT_TIMEOUT_MS,
  );
  const stream = openSharedStream({
    signedIn,
    subscriptions: () => [...subscribers.keys(), ...unsubscribeTimers.keys()],
    cursorOf: (channel) => cursors.get(channel) ?? null,
    onEvent: applyStreamEvent,
  });
  sharedStream = stream;
  return () => {
    clearTimeout(firstEventTimer);
    stream.close();
    sharedStream = null;
    isLive = null;
    wasLive = false;
    joinedChannels.clear();
    deniedChannels.clear();
    documentChannels.clear();
    cursors.clear();
  };
}

function applyStreamEvent(event: StreamEvent): void {
  const cursor = cursorAfterEvent(event);
  // Another tab's stream reports where it is: at this tab's cursor nothing is missed.
  const isAtCursor = cursor !== undefined && cursors.get(cursor.channel) === cursor.at;
  if (cursor) cursors.set(cursor.channel, cursor.at);
  switch (event.type) {
    case "live":
      applyLive(event.live);
      return;
    case "carries":
      for (const channels of [joinedChannels, deniedChannels, cursors])
        for (const channel of channels.keys())
          if (!event.channels.includes(channel) && !documentChannels.has(channel)) channels.delete(channel);
      return;
    case "joined":
      joinedChannels.add(event.channel);
      documentChannels.delete(event.channel);
      if (deniedChannels.delete(event.channel) && isLive)
        for (const subscriber of subscribersOf(event.channel)) subscriber.onLive(true);
      for (const subscriber of subscribersOf(event.channel))
        if (!(event.resumed || isAtCursor) || awaitingReload.has(subscriber)) notifyReload(subscriber);
      return;
    case "reload":
      for (const subscriber of subscribersOf(event.channel)) notifyReload(subscriber);
      return;
    case "event":
      for (const subscriber of subscribersOf(event.channel)) subscriber.onEvent(event.event, event.data);
      return;
    case "denied":
      joinedChannels.delete(event.channel);
      cursors.delete(event.channel);
      deniedChannels.add(event.channel);
      for (const subscriber of subscribersOf(event.channel)) subscriber.onLive(false);
      return;
    case "heartbeat":
      return;
  }
}

function applyLive(nowLive: boolean): void {
  if (isLive === nowLive) return;
  // Events published during the outage may have been lost before they reached a channel log.
  const isBack = nowLive && wasLive;
  isLive = nowLive;
  wasLive ||= nowLive;
  for (const channel of [...subscribers.keys()]) {
    for (const subscriber of subscribersOf(channel)) {
      subscriber.onLive(nowLive && !deniedChannels.has(channel));
      if (isBack && joinedChannels.has(channel)) notifyReload(subscriber);
    }
  }
}

function subscribersOf(channel: string): ChannelSubscriber[] {
  return [...(subscribers.get(channel) ?? [])];
}

function notifyReload(subscriber: ChannelSubscriber): void {
  awaitingReload.delete(subscriber);
  subscriber.onReload();
}
