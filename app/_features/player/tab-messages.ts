/** A tab that begins to play publishes it here, and the others pause: one tab plays at a time. */
const CHANNEL_NAME = "normaldance:player";

export interface TabMessages {
  /** This tab begins to play. */
  announcePlaying(): void;
  close(): void;
}

/** @param onOtherPlays  another tab began to play, later than this one */
export function openTabMessages(onOtherPlays: () => void): TabMessages {
  if (!("BroadcastChannel" in globalThis))
    return { announcePlaying: () => undefined, close: () => undefined };
  let announcedAt = 0;
  // A channel object does not receive what it sends.
  const channel = new BroadcastChannel(CHANNEL_NAME);
  channel.onmessage = ({ data }: MessageEvent<{ at: number }>) => {
    // A message that was under way while this tab began must not stop it.
    if (data.at > announcedAt) onOtherPlays();
  };
  return {
    announcePlaying: () => {
      announcedAt = performance.timeOrigin + performance.now();
      channel.postMessage({ at: announcedAt });
    },
    close: () => channel.close(),
  };
}
