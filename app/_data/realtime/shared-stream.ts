import { randomUuid } from "../random-uuid";
import { cursorAfterEvent, EventStream, SILENCE_TIMEOUT_MS, type StreamEvent } from "./event-stream";
import { OtherTabs, type TabState } from "./other-tabs";
import { PresenceReporter } from "./presence-reporter";

/**
 * The tabs of a browser share one event stream, because browsers allow six connections per host: the leader opens it
 * for the subscriptions of all tabs and broadcasts its events. When the leader closes, or stalls while another tab is
 * visible, another tab takes over from its own cursors, which every tab keeps.
 */

const CHANNEL_NAME = "normaldance:realtime";
const STREAM_LOCK = "normaldance:stream";
/** Anonymous tabs share a separate stream: no signed-in user's stream may depend on one of them. */
const ANONYMOUS_SUFFIX = ":public";
/** How often a tab broadcasts its state and checks that the leader is alive. */
const CHECK_INTERVAL_MS = 10_000;
/** The server's limit per stream; the first channels are kept. */
const MAX_CHANNELS = 100;

interface Options {
  signedIn: boolean;
  /** This tab's channels, most important first. */
  subscriptions(): string[];
  cursorOf(channel: string): string | null;
  onEvent(event: StreamEvent): void;
}

/** Message between tabs; tabs of older builds read it too, so `type` values and field names stay. */
type TabMessage =
  /** The state of a tab. @property again  a denied channel to request again: access may have been granted */
  | ({ type: "want"; tab: string; again?: string } & TabState)
  | { type: "bye"; tab: string }
  /** The sender leads from now on, and asks the other tabs for `want`. */
  | { type: "holds" }
  /** An event of the stream. @property to  only this tab applies it */
  | { type: "said"; said: StreamEvent; to?: string };

interface SharedStream {
  /** This tab's subscriptions changed. @param retryChannel  a denied channel to request again */
  onSubscriptionsChange(retryChannel?: string): void;
  /** Withdraws this tab; if it leads, another tab takes over. */
  close(): void;
}

export function openSharedStream({ signedIn, subscriptions, cursorOf, onEvent }: Options): SharedStream {
  const nameSuffix = signedIn ? "" : ANONYMOUS_SUFFIX;
  const tabId = randomUuid();
  const abortController = new AbortController();
  const broadcastChannel =
    "BroadcastChannel" in globalThis ? new BroadcastChannel(`${CHANNEL_NAME}${nameSuffix}`) : null;
  const otherTabs = new OtherTabs();
  let stream: EventStream | null = null;
  /** The stream's cursor in each channel, sent to a tab that subscribes to a channel that is already open. */
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
  // Anonymous streams report no presence.
  const presenceReporter = new PresenceReporter({
    currentPresence: presence,
    streamId: () => (signedIn && stream?.streamId) || "",
    answerToken: () => (signedIn && stream?.answerToken) || "",
  });

  /** Records an event of the stream and passes it to all tabs. */
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
      onOpen: (reported) => presenceReporter.onStreamOpen(reported),
      onHeartbeat: () => presenceReporter.onHeartbeat(),
      reported: () => presenceReporter.reported,
    });
    broadcast({ type: "holds" });
  };

  /** Records another tab's subscriptions; the leader answers with the state of the stream. */
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

  /** Leads until the signal aborts or another tab steals the lock. */
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
    // A tab that crashed changes subscriptions and visibility without a message.
    stream?.onSubscriptionsChange();
    // An anonymous stream without subscriptions is silent.
    const expectsEvents = signedIn || subscriptions().length > 0;
    const isLeaderStalled =
      !stream && isVisible() && expectsEvents && Date.now() - lastEventAt > SILENCE_TIMEOUT_MS;
    if (!isLeaderStalled) return;
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
