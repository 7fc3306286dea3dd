import { v4 } from "uuid";
import { EventStream, SILENCE_TIMEOUT_MS } from "./event-stream";
import { OtherTabs, type TabState } from "./other-tabs";
import { PresenceReporter } from "./presence-reporter";
import { cursorAfterEvent, type StreamEvent } from "./stream-event";

/**
 * The tabs of a browser share one event stream, since browsers allow six connections to a host: one tab holds it, for
 * what any of them wants, and tells the others all that it says. When that tab closes, or sleeps while another is
 * looked at, another one takes over, from where all of them are.
 */

const CHANNEL_NAME = "normaldance:realtime";
const STREAM_LOCK = "normaldance:stream";
/** Tabs in which nobody is signed in are among themselves: no person's stream hangs on one of them. */
const ANONYMOUS_SUFFIX = ":public";
/** How often a tab says that it is there, and makes sure that the one that holds the stream is awake. */
const CHECK_INTERVAL_MS = 10_000;
/** The server takes so many; the first ones are wanted most. */
const MAX_CHANNELS = 100;

interface Options {
  signedIn: boolean;
  /** What this tab wants to hear, most wanted first. */
  subscriptions(): string[];
  cursorOf(channel: string): string | null;
  onEvent(event: StreamEvent): void;
}

/** Between tabs. */
type TabMessage =
  /** @property again  a channel that was denied, and may be theirs by now */
  | ({ type: "want"; tab: string; again?: string } & TabState)
  | { type: "bye"; tab: string }
  /** A tab holds the stream from now on, and asks what the others want. */
  | { type: "holds" }
  /** @property to  one tab alone */
  | { type: "said"; said: StreamEvent; to?: string };

interface SharedStream {
  /** This tab wants something else. @param retryChannel  a channel that was denied: it is asked for once more */
  onSubscriptionsChange(retryChannel?: string): void;
  /** It wants nothing any more. */
  close(): void;
}

export function openSharedStream({ signedIn, subscriptions, cursorOf, onEvent }: Options): SharedStream {
  const nameSuffix = signedIn ? "" : ANONYMOUS_SUFFIX;
  const tabId = v4();
  const abortController = new AbortController();
  const broadcastChannel =
    "BroadcastChannel" in globalThis ? new BroadcastChannel(`${CHANNEL_NAME}${nameSuffix}`) : null;
  const otherTabs = new OtherTabs();
  let stream: EventStream | null = null;
  /** Where the stream is in each channel: a tab that begins to follow one that it carries already is told. */
  const cursors = new Map<string, string>();
  const deniedChannels = new Set<string>();
  let isLive: boolean | null = null;
  let lastEventAt = Date.now();

  const isVisible = () => document.visibilityState === "visible";
  const broadcast = (message: TabMessage) => broadcastChannel?.postMessage(message);
  const broadcastSubscriptions = (retryChannel?: string) =>
    broadcast({
      type: "want",
      tab: tabId,
      channels: subscriptions(),
      visible: isVisible(),
      again: retryChannel,
    });

  const allSubscriptions = () => {
    const channels = new Set([...subscriptions(), ...otherTabs.subscribedChannels()]);
    return new Map([...channels].slice(0, MAX_CHANNELS).map((channel) => [channel, cursorOf(channel)]));
  };

  const presence = () => (isVisible() || otherTabs.isAnyVisible() ? "online" : "away");
  // It says nothing where no stream is anybody's.
  const presenceReporter = new PresenceReporter({
    currentPresence: presence,
    streamId: () => (signedIn && stream?.streamId) || "",
  });

  /** What the stream says, for all tabs. */
  const onStreamEvent = (event: StreamEvent) => {
    const cursor = cursorAfterEvent(event);
    if (cursor) cursors.set(cursor.channel, cursor.at);
    if (event.type === "joined") deniedChannels.delete(event.channel);
    if (event.type === "denied") {
      cursors.delete(event.channel);
      deniedChannels.add(event.channel);
    }
    if (event.type === "carries") {
      for (const channel of cursors.keys()) if (!event.channels.includes(channel)) cursors.delete(channel);
      for (const channel of deniedChannels)
        if (!event.channels.includes(channel)) deniedChannels.delete(channel);
    }
    if (event.type === "live") isLive = event.live;
    broadcast({ type: "said", said: event });
    onEvent(event);
  };

  const openEventStream = () => {
    cursors.clear();
    deniedChannels.clear();
    stream = new EventStream({
      ...{ signedIn, subscriptions: allSubscriptions, onEvent: onStreamEvent, presence },
      onHeartbeat: () => presenceReporter.report(),
    });
    broadcast({ type: "holds" });
  };

  /** A tab says what it wants; the one that holds the stream tells it where that is. */
  const onTabSubscriptions = (message: Extract<TabMessage, { type: "want" }>) => {
    const added = otherTabs.update(message.tab, message);
    if (!stream) return;
    for (const channel of added) {
      const at = cursors.get(channel);
      if (at !== undefined)
        broadcast({ type: "said", said: { type: "joined", channel, at, resumed: false }, to: message.tab });
    }
    if (isLive !== null) broadcast({ type: "said", said: { type: "live", live: isLive }, to: message.tab });
    for (const channel of [message.again, ...added])
      if (channel !== undefined && deniedChannels.has(channel)) stream.retryChannel(channel);
  };

  /** Holds the stream until the signal, or until another tab has taken the lock away. */
  const acquireStream = (steal: boolean) => {
    if (!("locks" in navigator) || !broadcastChannel) {
      openEventStream();
      return;
    }
    const released = new Promise<void>((resolve) =>
      abortController.signal.addEventListener("abort", () => resolve()),
    );
    navigator.locks
      .request(`${STREAM_LOCK}${nameSuffix}`, steal ? { steal } : { signal: abortController.signal }, () => {
        lastEventAt = Date.now();
        openEventStream();
        return released;
      })
      .catch(() => {
        stream?.close();
        stream = null;
        if (!abortController.signal.aborted) acquireStream(false);
      });
  };

  if (broadcastChannel) {
    broadcastChannel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
      if (data.type === "said") {
        if (data.to !== undefined && data.to !== tabId) return;
        lastEventAt = Date.now();
        return onEvent(data.said);
      }
      if (data.type === "holds") return broadcastSubscriptions();
      if (data.type === "bye") otherTabs.remove(data.tab);
      else onTabSubscriptions(data);
      presenceReporter.onVisibilityChange();
      stream?.onSubscriptionsChange();
    };
  }

  const onVisibilityChange = () => {
    broadcastSubscriptions();
    presenceReporter.onVisibilityChange();
    stream?.onSubscriptionsChange();
  };
  const announceClose = () => broadcast({ type: "bye", tab: tabId });
  document.addEventListener("visibilitychange", onVisibilityChange, { signal: abortController.signal });
  window.addEventListener("pagehide", announceClose, { signal: abortController.signal });
  const checkTimer = setInterval(() => {
    broadcastSubscriptions();
    // A tab that was looked at may have crashed.
    stream?.onSubscriptionsChange();
    // Where nobody is signed in silence may be that there is nothing to hear.
    const expectsEvents = signedIn || subscriptions().length > 0;
    const isHolderStalled =
      !stream && isVisible() && expectsEvents && Date.now() - lastEventAt > SILENCE_TIMEOUT_MS;
    if (!isHolderStalled) return;
    lastEventAt = Date.now();
    acquireStream(true);
  }, CHECK_INTERVAL_MS);

  acquireStream(false);
  broadcastSubscriptions();
  return {
    onSubscriptionsChange: (retryChannel) => {
      broadcastSubscriptions(retryChannel);
      if (retryChannel !== undefined && deniedChannels.has(retryChannel)) stream?.retryChannel(retryChannel);
      stream?.onSubscriptionsChange();
    },
    close: () => {
      announceClose();
      presenceReporter.stop();
      clearInterval(checkTimer);
      abortController.abort();
      stream?.close();
      stream = null;
      broadcastChannel?.close();
    },
  };
}
