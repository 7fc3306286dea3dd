import { sendPresence } from "../presence";
import { EventStream, SILENCE_MS } from "./event-stream";
import { cursorAfter, type Said } from "./said";

/**
 * The tabs of a browser share one event stream, since browsers allow six connections to a host: one tab holds it, for
 * what any of them wants, and tells the others all that it says. When that tab closes, or sleeps while another is
 * looked at, another one takes over, from where all of them are.
 */

const CHANNEL = "normaldance:realtime";
const LOCK = "normaldance:stream";
/** How often a tab that is looked at makes sure that the one that holds the stream is awake. */
const CHECK_MS = 10_000;
/** The server takes so many; the first ones are wanted most. */
const MOST_CHANNELS = 100;

interface Options {
  /** What this tab wants to hear, most wanted first. */
  wanted(): string[];
  cursorOf(channel: string): string | null;
  onSaid(said: Said): void;
}

/** Between tabs. */
type Word =
  /** What a tab wants now, and whether somebody looks at it. */
  | { type: "want"; tab: string; channels: string[]; visible: boolean }
  | { type: "bye"; tab: string }
  /** A tab holds the stream from now on, and asks what the others want. */
  | { type: "holds" }
  /** @property to  one tab alone */
  | { type: "said"; said: Said; to?: string };

/** @returns `change` when this tab wants something else; `close` when it wants nothing any more */
export function holdStream({ wanted, cursorOf, onSaid }: Options): { change(): void; close(): void } {
  const tab = crypto.randomUUID();
  const ended = new AbortController();
  const air = "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL) : null;
  const others = new Map<string, { channels: string[]; visible: boolean }>();
  let stream: EventStream | null = null;
  /** Where the stream is in each channel: a tab that begins to follow one that it carries already is told. */
  let carried = new Map<string, string>();
  let isLive: boolean | null = null;
  let heardAt = Date.now();

  const tell = (word: Word) => air?.postMessage(word);
  const sayWant = () =>
    tell({ type: "want", tab, channels: wanted(), visible: document.visibilityState === "visible" });

  const allWanted = () => {
    const channels = new Set([...wanted(), ...[...others.values()].flatMap((other) => other.channels)]);
    return new Map([...channels].slice(0, MOST_CHANNELS).map((channel) => [channel, cursorOf(channel)]));
  };

  const isLookedAt = () =>
    document.visibilityState === "visible" || [...others.values()].some(({ visible }) => visible);

  const answer = (streamId: string) => void sendPresence(streamId, isLookedAt() ? "online" : "away");

  const begin = () => {
    let lastStreamId = "";
    carried = new Map();
    stream = new EventStream({
      wanted: allWanted,
      onSaid: (said) => {
        const place = cursorAfter(said);
        if (place) carried.set(place.channel, place.at);
        if (said.type === "denied") carried.delete(said.channel);
        if (said.type === "live") isLive = said.live;
        tell({ type: "said", said });
        onSaid(said);
      },
      onHeartbeat: (streamId) => {
        lastStreamId = streamId;
        answer(streamId);
      },
    });
    tell({ type: "holds" });
    return () => lastStreamId;
  };
  let streamId: (() => string) | null = null;

  /** Holds the stream until the signal, or until another tab has taken the lock away. */
  const hold = (steal: boolean) => {
    if (!("locks" in navigator) || !air) {
      streamId = begin();
      return;
    }
    const held = new Promise<void>((resolve) => ended.signal.addEventListener("abort", () => resolve()));
    navigator.locks
      .request(LOCK, steal ? { steal } : { signal: ended.signal }, () => {
        heardAt = Date.now();
        streamId = begin();
        return held;
      })
      .catch(() => {
        stream?.close();
        stream = null;
        if (!ended.signal.aborted) hold(false);
      });
  };

  if (air) {
    air.onmessage = ({ data }: MessageEvent<Word>) => {
      if (data.type === "said") {
        if (data.to !== undefined && data.to !== tab) return;
        heardAt = Date.now();
        return onSaid(data.said);
      }
      if (data.type === "holds") return sayWant();
      if (data.type === "bye") others.delete(data.tab);
      else {
        const before = new Set(others.get(data.tab)?.channels);
        others.set(data.tab, data);
        for (const channel of data.channels) {
          const at = carried.get(channel);
          if (stream && at !== undefined && !before.has(channel))
            tell({ type: "said", said: { type: "joined", channel, at, resumed: false }, to: data.tab });
        }
        if (stream && isLive !== null)
          tell({ type: "said", said: { type: "live", live: isLive }, to: data.tab });
      }
      stream?.change();
    };
  }

  const onVisibility = () => {
    sayWant();
    if (stream && streamId?.()) answer(streamId());
  };
  const leave = () => tell({ type: "bye", tab });
  document.addEventListener("visibilitychange", onVisibility, { signal: ended.signal });
  window.addEventListener("pagehide", leave, { signal: ended.signal });
  const check = setInterval(() => {
    const asleep = !stream && document.visibilityState === "visible" && Date.now() - heardAt > SILENCE_MS;
    if (!asleep) return;
    heardAt = Date.now();
    hold(true);
  }, CHECK_MS);

  hold(false);
  sayWant();
  return {
    change: () => {
      sayWant();
      stream?.change();
    },
    close: () => {
      leave();
      clearInterval(check);
      ended.abort();
      stream?.close();
      stream = null;
      air?.close();
    },
  };
}
