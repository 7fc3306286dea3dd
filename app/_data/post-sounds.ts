"use client";

import { useCallback, useState, useSyncExternalStore } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { Post } from "@/lib/schemas/post";
import { callApi } from "./call-api";
import { useChannel } from "./realtime/channel-subscriptions";
import { useLiveQuery } from "./realtime/use-live-query";

/** The parts of a post that change when its sound was processed. */
type PostSound = Pick<Post, "track" | "cover">;

/** What this tab has read since its pages were rendered. */
const sounds = new Map<string, PostSound>();
const listeners = new Set<() => void>();

/** Spreads the requests of all open pages that show the post. */
const MAX_JITTER_MS = 1_500;
/** While no events arrive. */
const POLL_INTERVAL_MS = 15_000;
/** While they do; finds a change that a crash kept from being published. */
const LIVE_POLL_INTERVAL_MS = 60_000;

/** Reads a post's sound again. @returns the failure, if any */
async function refreshPostSound(postId: string): Promise<ApiFailure | null> {
  const result = await callApi<{ post: Post }>(`/api/posts/${postId}`);
  if (!result.ok) return result.failure;
  const { track, cover } = result.data.post;
  sounds.set(postId, { track, cover });
  for (const notify of listeners) notify();
  return null;
}

const subscribe = (notify: () => void) => {
  listeners.add(notify);
  return () => listeners.delete(notify);
};

type SoundFields = Pick<Post, "id" | "track" | "cover">;

/**
 * The newest known sound of a post. What the page was rendered with stays while it can be played; and a failure that
 * was read before the page was rendered as being processed was of a sound that its author has replaced.
 */
function useKnownSound(post: SoundFields): PostSound {
  const isOpen = post.track?.status === "processing";
  const [rendered, setRendered] = useState({ track: post.track, known: sounds.get(post.id) });
  if (rendered.track !== post.track) setRendered({ track: post.track, known: sounds.get(post.id) });
  const { known: earlier } = rendered;
  const read = useCallback(() => {
    const known = isOpen ? sounds.get(post.id) : undefined;
    return known === earlier && known?.track?.status === "failed" ? undefined : known;
  }, [isOpen, post.id, earlier]);
  return useSyncExternalStore(subscribe, read, () => undefined) ?? post;
}

/** The sound of a post in a list, which becomes playable by itself when it was processed. */
export function usePostSound(post: SoundFields): PostSound {
  const sound = useKnownSound(post);
  useChannel(sound.track?.status === "processing" ? "views" : null, {
    on: {
      track: ({ postId }) => {
        if (postId === post.id)
          setTimeout(() => void refreshPostSound(postId), Math.random() * MAX_JITTER_MS);
      },
    },
  });
  return sound;
}

/** The same on the post's own page, where a missed event is made up for. */
export function useWatchedPostSound(post: SoundFields): PostSound {
  const sound = useKnownSound(post);
  const isProcessing = sound.track?.status === "processing";
  const { refetch } = useLiveQuery(
    isProcessing ? "views" : null,
    () => refreshPostSound(post.id),
    (isLive) => (isLive ? LIVE_POLL_INTERVAL_MS : POLL_INTERVAL_MS),
    {
      on: {
        track: ({ postId }) => {
          if (postId === post.id) refetch();
        },
      },
    },
  );
  return sound;
}
