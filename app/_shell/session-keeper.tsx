"use client";

import { useEffect } from "react";
import { startRealtime } from "@/app/_data/realtime/channel-subscriptions";
import { startSessionRefresh } from "./session-refresh";

/** Stands in the frame of a page that is somebody's. Renders nothing. */
export function SessionRefresh({ userId }: { userId: string }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person is another session
  useEffect(() => startRealtime({ signedIn: true }), [userId]);
  useEffect(() => startSessionRefresh(userId), [userId]);
  return null;
}
