/** A tab that begins to play publishes it here, and the others pause: one tab plays at a time. */
const CHANNEL_NAME = "normaldance:player";

interface TabMessage {
  /** Milliseconds since the epoch, with fractions. */
  at: number;
  /** Absent in messages of earlier deployments, which published only the beginning. */
  isPlaying?: boolean;
}

export interface TabMessages {
  /** This tab begins to play. */
  announcePlaying(): void;
  /** This tab no longer plays. */
  announcePaused(): void;
  close(): void;
}

export interface TabEvents {
  /** Another tab began to play, later than this one. */
  onOtherPlays(): void;
  /** The tab that played no longer does. */
  onOtherPaused(): void;
}

export function openTabMessages({ onOtherPlays, onOtherPaused }: TabEvents): TabMessages {
  if (!("BroadcastChannel" in globalThis))
    return { announcePlaying: () => undefined, announcePaused: () => undefined, close: () => undefined };
  let announcedAt = 0;
  // A channel object does not receive what it sends.
  const channel = new BroadcastChannel(CHANNEL_NAME);
  channel.onmessage = ({ data: { at, isPlaying = true } }: MessageEvent<TabMessage>) => {
    if (!isPlaying) onOtherPaused();
    // A message that was under way while this tab began must not stop it.
    else if (at > announcedAt) onOtherPlays();
  };
  const publish = (isPlaying: boolean) => {
    const at = performance.timeOrigin + performance.now();
    if (isPlaying) announcedAt = at;
    channel.postMessage({ at, isPlaying } satisfies TabMessage);
  };
  return {
    announcePlaying: () => publish(true),
    announcePaused: () => publish(false),
    close: () => channel.close(),
  };
}
