import { v4 } from "uuid";
import { EventStream, SILENCE_MS } from "./event-stream";
import { OtherTabs, type TabState } from "./other-tabs";
import { AttentionTeller } from "./presence-reporter";
import { cursorAfter, type Said } from "./stream-event";

/**
 * The tabs of a browser share one event stream, since browsers allow six connections to a host: one tab holds it, for
 * what any of them wants, and tells the others all that it says. When that tab closes, or sleeps while another is
 * looked at, another one takes over, from where all of them are.
 */

const CHANNEL = "normaldance:realtime";
const LOCK = "normaldance:stream";
/** Tabs in which nobody is signed in are among themselves: no person's stream hangs on one of them. */
const OF_NOBODY = ":public";
/** How often a tab says that it is there, and makes sure that the one that holds the stream is awake. */
const CHECK_MS = 10_000;
/** The server takes so many; the first ones are wanted most. */
const MOST_CHANNELS = 100;

interface Options {
  signedIn: boolean;
  /** What this tab wants to hear, most wanted first. */
  wanted(): string[];
  cursorOf(channel: string): string | null;
  onSaid(said: Said): void;
}

/** Between tabs. */
type Word =
  /** @property again  a channel that was denied, and may be theirs by now */
  | ({ type: "want"; tab: string; again?: string } & TabState)
  | { type: "bye"; tab: string }
  /** A tab holds the stream from now on, and asks what the others want. */
  | { type: "holds" }
  /** @property to  one tab alone */
  | { type: "said"; said: Said; to?: string };

interface Held {
  /** This tab wants something else. @param again  a channel that was denied: it is asked for once more */
  change(again?: string): void;
  /** It wants nothing any more. */
  close(): void;
}

export function holdStream({ signedIn, wanted, cursorOf, onSaid }: Options): Held {
  const whose = signedIn ? "" : OF_NOBODY;
  const tab = v4();
  const ended = new AbortController();
  const air = "BroadcastChannel" in globalThis ? new BroadcastChannel(`${CHANNEL}${whose}`) : null;
  const others = new OtherTabs();
  let stream: EventStream | null = null;
  /** Where the stream is in each channel: a tab that begins to follow one that it carries already is told. */
  const carried = new Map<string, string>();
  const denied = new Set<string>();
  let isLive: boolean | null = null;
  let heardAt = Date.now();

  const isVisible = () => document.visibilityState === "visible";
  const tell = (word: Word) => air?.postMessage(word);
  const sayWant = (again?: string) =>
    tell({ type: "want", tab, channels: wanted(), visible: isVisible(), again });

  const allWanted = () => {
    const channels = new Set([...wanted(), ...others.wanted()]);
    return new Map([...channels].slice(0, MOST_CHANNELS).map((channel) => [channel, cursorOf(channel)]));
  };

  const attention = () => (isVisible() || others.isLookedAt() ? "online" : "away");
  // It says nothing where no stream is anybody's.
  const teller = new AttentionTeller({
    now: attention,
    streamId: () => (signedIn && stream?.streamId) || "",
  });

  /** What the stream says, for all tabs. */
  const take = (said: Said) => {
    const place = cursorAfter(said);
    if (place) carried.set(place.channel, place.at);
    if (said.type === "joined") denied.delete(said.channel);
    if (said.type === "denied") {
      carried.delete(said.channel);
      denied.add(said.channel);
    }
    if (said.type === "carries") {
      for (const channel of carried.keys()) if (!said.channels.includes(channel)) carried.delete(channel);
      for (const channel of denied) if (!said.channels.includes(channel)) denied.delete(channel);
    }
    if (said.type === "live") isLive = said.live;
    tell({ type: "said", said });
    onSaid(said);
  };

  const begin = () => {
    carried.clear();
    denied.clear();
    stream = new EventStream({
      ...{ signedIn, wanted: allWanted, onSaid: take, attention },
      onHeartbeat: () => teller.answer(),
    });
    tell({ type: "holds" });
  };

  /** A tab says what it wants; the one that holds the stream tells it where that is. */
  const hearWant = (want: Extract<Word, { type: "want" }>) => {
    const added = others.hear(want.tab, want);
    if (!stream) return;
    for (const channel of added) {
      const at = carried.get(channel);
      if (at !== undefined)
        tell({ type: "said", said: { type: "joined", channel, at, resumed: false }, to: want.tab });
    }
    if (isLive !== null) tell({ type: "said", said: { type: "live", live: isLive }, to: want.tab });
    for (const channel of [want.again, ...added])
      if (channel !== undefined && denied.has(channel)) stream.askAgain(channel);
  };

  /** Holds the stream until the signal, or until another tab has taken the lock away. */
  const hold = (steal: boolean) => {
    if (!("locks" in navigator) || !air) {
      begin();
      return;
    }
    const held = new Promise<void>((resolve) => ended.signal.addEventListener("abort", () => resolve()));
    navigator.locks
      .request(`${LOCK}${whose}`, steal ? { steal } : { signal: ended.signal }, () => {
        heardAt = Date.now();
        begin();
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
      if (data.type === "bye") others.drop(data.tab);
      else hearWant(data);
      teller.look();
      stream?.change();
    };
  }

  const onVisibility = () => {
    sayWant();
    teller.look();
    stream?.change();
  };
  const leave = () => tell({ type: "bye", tab });
  document.addEventListener("visibilitychange", onVisibility, { signal: ended.signal });
  window.addEventListener("pagehide", leave, { signal: ended.signal });
  const check = setInterval(() => {
    sayWant();
    // A tab that was looked at may have crashed.
    stream?.change();
    // Where nobody is signed in silence may be that there is nothing to hear.
    const expectsWord = signedIn || wanted().length > 0;
    const asleep = !stream && isVisible() && expectsWord && Date.now() - heardAt > SILENCE_MS;
    if (!asleep) return;
    heardAt = Date.now();
    hold(true);
  }, CHECK_MS);

  hold(false);
  sayWant();
  return {
    change: (again) => {
      sayWant(again);
      if (again !== undefined && denied.has(again)) stream?.askAgain(again);
      stream?.change();
    },
    close: () => {
      leave();
      teller.end();
      clearInterval(check);
      ended.abort();
      stream?.close();
      stream = null;
      air?.close();
    },
  };
}
