"use client";

import { useEffect } from "react";
import { learnCount } from "@/app/_data/view-counts";
import { sendView } from "../views-api";

/** A glance that is closed again at once is not a view; also keeps React's double effects in development to one call. */
const SETTLE_MS = 400;

/** Counts the opened post as seen, once the page is really being looked at. For signed-in people. */
export function PostView({ postId }: { postId: string }) {
  useEffect(() => {
    let clock: ReturnType<typeof setTimeout> | undefined;
    let sent = false;
    const send = async () => {
      sent = true;
      const result = await sendView(postId);
      if (result.ok) learnCount(postId, result.data.viewsCount);
    };
    const look = () => {
      clearTimeout(clock);
      if (!sent && document.visibilityState === "visible") clock = setTimeout(() => void send(), SETTLE_MS);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(clock);
      document.removeEventListener("visibilitychange", look);
    };
  }, [postId]);
  return null;
}
