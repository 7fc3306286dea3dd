"use client";

import { useCallback, useEffect, useState } from "react";
import { TYPING_TIMEOUT_MS } from "./store/typing-notifier";

interface Typist {
  userId: string;
  name: string;
  expiresAt: number;
}

/** The members who are typing at the moment. */
export function useTypists() {
  const [typists, setTypists] = useState<readonly Typist[]>([]);
  const addTypist = useCallback((userId: string, name: string) => {
    const typist = { userId, name, expiresAt: Date.now() + TYPING_TIMEOUT_MS };
    setTypists((before) => [...before.filter((each) => each.userId !== userId), typist]);
  }, []);
  /** Call when their message has arrived. */
  const removeTypist = useCallback((userId: string | null) => {
    setTypists((before) =>
      before.some((each) => each.userId === userId)
        ? before.filter((each) => each.userId !== userId)
        : before,
    );
  }, []);
  useEffect(() => {
    const nextExpiry = Math.min(...typists.map(({ expiresAt }) => expiresAt));
    if (!Number.isFinite(nextExpiry)) return;
    const timer = setTimeout(
      () => setTypists((before) => before.filter(({ expiresAt }) => expiresAt > Date.now())),
      Math.max(0, nextExpiry - Date.now()) + 20,
    );
    return () => clearTimeout(timer);
  }, [typists]);
  return { typists, addTypist, removeTypist };
}
