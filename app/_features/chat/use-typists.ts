"use client";

import { useCallback, useEffect, useState } from "react";
import { BELIEVED_MS } from "./store/typing-notifier";

interface Typist {
  userId: string;
  name: string;
  until: number;
}

/** Who is writing at the moment. */
export function useTypists() {
  const [typists, setTypists] = useState<readonly Typist[]>([]);
  const hear = useCallback((userId: string, name: string) => {
    const typist = { userId, name, until: Date.now() + BELIEVED_MS };
    setTypists((before) => [...before.filter((each) => each.userId !== userId), typist]);
  }, []);
  /** What they wrote is there. */
  const stop = useCallback((userId: string | null) => {
    setTypists((before) =>
      before.some((each) => each.userId === userId)
        ? before.filter((each) => each.userId !== userId)
        : before,
    );
  }, []);
  useEffect(() => {
    const next = Math.min(...typists.map(({ until }) => until));
    if (!Number.isFinite(next)) return;
    const timer = setTimeout(
      () => setTypists((before) => before.filter(({ until }) => until > Date.now())),
      Math.max(0, next - Date.now()) + 20,
    );
    return () => clearTimeout(timer);
  }, [typists]);
  return { typists, hear, stop };
}
