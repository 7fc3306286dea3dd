"use client";

import { useEffect } from "react";
import { beginRealtime } from "@/app/_data/realtime/channel-subscriptions";
import { keepSession } from "./session-refresh";

/** Stands in the frame of a page that is somebody's. Renders nothing. */
export function SessionKeeper({ userId }: { userId: string }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person is another session
  useEffect(() => beginRealtime({ signedIn: true }), [userId]);
  useEffect(() => keepSession(userId), [userId]);
  return null;
}
