"use client";

import { useEffect } from "react";
import { startRealtime } from "@/app/_data/realtime/channel-subscriptions";
import { startSessionRefresh } from "./session-refresh";

/** Keeps the session fresh and the event stream open on a signed-in user's pages. Renders nothing. */
export function SessionRefresh({ userId }: { userId: string }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another user is another session
  useEffect(() => startRealtime({ signedIn: true }), [userId]);
  useEffect(() => startSessionRefresh(userId), [userId]);
  return null;
}
