"use client";

import { useEffect } from "react";
import { keepSession } from "@/app/_client/session-keeper";

/** Stands in the frame of a page that is somebody's. Renders nothing. */
export function SessionKeeper({ userId }: { userId: string }) {
  useEffect(() => keepSession(userId), [userId]);
  return null;
}
