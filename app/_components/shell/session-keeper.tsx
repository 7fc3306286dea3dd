"use client";

import { useEffect } from "react";
import { keepSession } from "@/app/_client/session-keeper";
import { followSession } from "@/app/_client/session-stream";

/** Stands in the frame of a page that is somebody's. Renders nothing. */
export function SessionKeeper({ userId }: { userId: string }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person is another session
  useEffect(() => followSession(), [userId]);
  useEffect(() => keepSession(userId), [userId]);
  return null;
}
