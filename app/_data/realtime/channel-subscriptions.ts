import { openSharedStream } from "./shared-stream";
import { cursorAfterEvent, type StreamEvent } from "./stream-event";

/** What somebody who follows a channel is told. */
export interface ChannelSubscriber {
  onEvent(event: string, data: unknown): void;
  /** Something may have been missed. Also once when the channel is joined, and when events come again after they did not. */
  onReload(): void;
  /** Whether events of this channel come at the moment. */
  onLive(live: boolean): void;
}

/** A channel that is left stays for this long: most often the next page follows it too. */
const UNSUBSCRIBE_DELAY_MS = 3_000;
/** Before the first word nobody knows; then it is taken for no. */
const FIRST_EVENT_TIMEOUT_MS = 5_000;

/** Who follows what in this tab. */
const subscribers = new Map<string, Set<ChannelSubscriber>>();
/** Those who have not read anew since they began. */
const awaitingReload = new Set<ChannelSubscriber>();
/** Where this tab is in each channel that the browser's stream carries, whichever tab holds it. */
const cursors = new Map<string, string>();
const joinedChannels = new Set<string>();
/** Not theirs to listen to, or nobody can say for now. */
const deniedChannels = new Set<string>();
const unsubscribeTimers = new Map<string, ReturnType<typeof setTimeout>>();
let isLive: boolean | null = null;
let wasLive = false;
let sharedStream: ReturnType<typeof openSharedStream> | null = null;

/**
 * Follows a channel while there is a stream ({@link startRealtime}); whatever is said from then on comes in order, or
 * `onReload` says that something is missing.
 *
 * @returns ends it
 */
export function subscribeToChannel(channel: string, subscriber: ChannelSubscriber): () => void {
  const channelSubscribers = subscribers.get(channel) ?? new Set();
  subscribers.set(channel, channelSubscribers.add(subscriber));
  awaitingReload.add(subscriber);
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
  joinedChannels.delete(channel);
  deniedChannels.delete(channel);
  sharedStream?.onSubscriptionsChange();
}

/**
 * Begins to listen for this page, with the browser's other tabs.
 * @param signedIn  whoever is not may follow `views` alone
 * @returns ends it
 */
export function startRealtime({ signedIn }: { signedIn: boolean }): () => void {
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
    cursors.clear();
  };
}

function applyStreamEvent(event: StreamEvent): void {
  const cursor = cursorAfterEvent(event);
  if (cursor) cursors.set(cursor.channel, cursor.at);
  switch (event.type) {
    case "live":
      applyLive(event.live);
      return;
    case "carries":
      for (const channels of [joinedChannels, deniedChannels, cursors])
        for (const channel of channels.keys())
          if (!event.channels.includes(channel)) channels.delete(channel);
      return;
    case "joined":
      joinedChannels.add(event.channel);
      if (deniedChannels.delete(event.channel) && isLive)
        for (const subscriber of subscribersOf(event.channel)) subscriber.onLive(true);
      for (const follower of subscribersOf(event.channel))
        if (!event.resumed || awaitingReload.has(follower)) notifyReload(follower);
      return;
    case "reload":
      for (const follower of subscribersOf(event.channel)) notifyReload(follower);
      return;
    case "event":
      for (const follower of subscribersOf(event.channel)) follower.onEvent(event.event, event.data);
      return;
    case "denied":
      joinedChannels.delete(event.channel);
      cursors.delete(event.channel);
      deniedChannels.add(event.channel);
      for (const follower of subscribersOf(event.channel)) follower.onLive(false);
      return;
    case "heartbeat":
      return;
  }
}

function applyLive(nowLive: boolean): void {
  if (isLive === nowLive) return;
  // What was to be said meanwhile may have got lost before any log had it.
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
