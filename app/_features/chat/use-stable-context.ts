"use client";

import { useEffect, useMemo, useRef } from "react";
import type { MessageContext } from "./message-context";

/** The same object as long as what messages show of it is the same: its functions always do what the newest do. */
export function useStableContext(latest: MessageContext): MessageContext {
  const now = useRef(latest);
  useEffect(() => {
    now.current = latest;
  });
  const { viewerId, kind, mayDelete } = latest;
  return useMemo(
    () => ({
      ...{ viewerId, kind, mayDelete },
      reply: (message) => now.current.reply(message),
      edit: (message) => now.current.edit(message),
      remove: (message) => now.current.remove(message),
      pin: (message, pinned) => now.current.pin(message, pinned),
      react: (message, emoji, on) => now.current.react(message, emoji, on),
      jump: (seq) => now.current.jump(seq),
      retry: (clientId) => now.current.retry(clientId),
      discard: (clientId) => now.current.discard(clientId),
      takeBack: (pending) => now.current.takeBack(pending),
    }),
    [viewerId, kind, mayDelete],
  );
}
