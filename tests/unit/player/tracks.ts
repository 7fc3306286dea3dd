import type { PlayerTrack } from "@/app/_features/player/player-track";

/** A track that the player may have. */
export function track(name: string, changes: Partial<PlayerTrack> = {}): PlayerTrack {
  return {
    key: `post:${name}`,
    title: name,
    artist: "Mira Kim",
    href: `/posts/${name}`,
    sources: [{ url: `https://store.test/${name}.opus`, type: "audio/ogg; codecs=opus" }],
    peaksUrl: `https://store.test/${name}.json`,
    durationSeconds: 100,
    artId: name,
    cover: null,
    ...changes,
  };
}

/** A sound of a chat. */
export function privateTrack(name: string): PlayerTrack {
  return track(name, {
    key: `file:${name}`,
    artist: null,
    href: "/chat/1",
    sources: [{ url: `/api/media/${name}`, type: "audio/wav" }],
    peaksUrl: null,
    durationSeconds: null,
  });
}
