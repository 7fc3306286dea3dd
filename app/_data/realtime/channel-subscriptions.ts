import { holdStream } from "./shared-stream";
import { cursorAfter, type Said } from "./stream-event";

/** What somebody who follows a channel is told. */
export interface Follower {
  onEvent(event: string, data: unknown): void;
  /** Something may have been missed. Also once when the channel is joined, and when events come again after they did not. */
  onReload(): void;
  /** Whether events of this channel come at the moment. */
  onLive(live: boolean): void;
}

/** A channel that is left stays for this long: most often the next page follows it too. */
const LINGER_MS = 3_000;
/** Before the first word nobody knows; then it is taken for no. */
const FIRST_WORD_MS = 5_000;

/** Who follows what in this tab. */
const followers = new Map<string, Set<Follower>>();
/** Those who have not read anew since they began. */
const fresh = new Set<Follower>();
/** Where this tab is in each channel that the browser's stream carries, whichever tab holds it. */
const cursors = new Map<string, string>();
const joined = new Set<string>();
/** Not theirs to listen to, or nobody can say for now. */
const denied = new Set<string>();
const lingering = new Map<string, ReturnType<typeof setTimeout>>();
let live: boolean | null = null;
let wasLive = false;
let tabs: ReturnType<typeof holdStream> | null = null;

/**
 * Follows a channel while there is a stream ({@link beginRealtime}); whatever is said from then on comes in order, or
 * `onReload` says that something is missing.
 *
 * @returns ends it
 */
export function follow(channel: string, follower: Follower): () => void {
  const own = followers.get(channel) ?? new Set();
  followers.set(channel, own.add(follower));
  fresh.add(follower);
  clearTimeout(lingering.get(channel));
  lingering.delete(channel);
  if (live !== null) follower.onLive(live && !denied.has(channel));
  if (joined.has(channel)) queueMicrotask(() => own.has(follower) && reload(follower));
  tabs?.change(denied.has(channel) ? channel : undefined);
  return () => {
    own.delete(follower);
    fresh.delete(follower);
    if (own.size > 0) return;
    followers.delete(channel);
    lingering.set(
      channel,
      setTimeout(() => leave(channel), LINGER_MS),
    );
  };
}

function leave(channel: string): void {
  lingering.delete(channel);
  cursors.delete(channel);
  joined.delete(channel);
  denied.delete(channel);
  tabs?.change();
}

/**
 * Begins to listen for this page, with the browser's other tabs.
 * @param signedIn  whoever is not may follow `views` alone
 * @returns ends it
 */
export function beginRealtime({ signedIn }: { signedIn: boolean }): () => void {
  const firstWord = setTimeout(() => live ?? hear({ type: "live", live: false }), FIRST_WORD_MS);
  const held = holdStream({
    signedIn,
    wanted: () => [...followers.keys(), ...lingering.keys()],
    cursorOf: (channel) => cursors.get(channel) ?? null,
    onSaid: hear,
  });
  tabs = held;
  return () => {
    clearTimeout(firstWord);
    held.close();
    tabs = null;
    live = null;
    wasLive = false;
    joined.clear();
    denied.clear();
    cursors.clear();
  };
}

function hear(said: Said): void {
  const place = cursorAfter(said);
  if (place) cursors.set(place.channel, place.at);
  switch (said.type) {
    case "live":
      hearLive(said.live);
      return;
    case "carries":
      for (const known of [joined, denied, cursors])
        for (const channel of known.keys()) if (!said.channels.includes(channel)) known.delete(channel);
      return;
    case "joined":
      joined.add(said.channel);
      if (denied.delete(said.channel) && live) for (const follower of of(said.channel)) follower.onLive(true);
      for (const follower of of(said.channel)) if (!said.resumed || fresh.has(follower)) reload(follower);
      return;
    case "reload":
      for (const follower of of(said.channel)) reload(follower);
      return;
    case "event":
      for (const follower of of(said.channel)) follower.onEvent(said.event, said.data);
      return;
    case "denied":
      joined.delete(said.channel);
      cursors.delete(said.channel);
      denied.add(said.channel);
      for (const follower of of(said.channel)) follower.onLive(false);
      return;
    case "heartbeat":
      return;
  }
}

function hearLive(now: boolean): void {
  if (live === now) return;
  // What was to be said meanwhile may have got lost before any log had it.
  const isBack = now && wasLive;
  live = now;
  wasLive ||= now;
  for (const channel of [...followers.keys()]) {
    for (const follower of of(channel)) {
      follower.onLive(now && !denied.has(channel));
      if (isBack && joined.has(channel)) reload(follower);
    }
  }
}

function of(channel: string): Follower[] {
  return [...(followers.get(channel) ?? [])];
}

function reload(follower: Follower): void {
  fresh.delete(follower);
  follower.onReload();
}
