"use client";

import { useEffect, useMemo, useRef } from "react";
import type { MessageContext } from "./message-context";

/** Returns the same object until its data changes; its functions always call the latest ones. */
export function useStableContext(latest: MessageContext): MessageContext {
  const latestRef = useRef(latest);
  useEffect(() => {
    latestRef.current = latest;
  });
  const { viewerId, kind, canDeleteAny } = latest;
  return useMemo(
    () => ({
      ...{ viewerId, kind, canDeleteAny },
      reply: (message) => latestRef.current.reply(message),
      edit: (message) => latestRef.current.edit(message),
      remove: (message) => latestRef.current.remove(message),
      pin: (message, pinned) => latestRef.current.pin(message, pinned),
      react: (message, emoji, on) => latestRef.current.react(message, emoji, on),
      jumpTo: (seq) => latestRef.current.jumpTo(seq),
      retry: (clientId) => latestRef.current.retry(clientId),
      discard: (clientId) => latestRef.current.discard(clientId),
      moveToComposer: (pending) => latestRef.current.moveToComposer(pending),
    }),
    [viewerId, kind, canDeleteAny],
  );
}
