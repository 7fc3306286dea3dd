"use client";

import { useEffect } from "react";
import { viewCounts } from "@/app/_data/view-counts";
import { sendView } from "../views-api";

/** A post closed sooner is not a view; the delay also turns React's double effects in development into one call. */
const VIEW_DELAY_MS = 400;

/** Counts a view of the opened post once the tab is visible. For signed-in viewers only. */
export function PostViewTracker({ postId }: { postId: string }) {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let sent = false;
    const send = async () => {
      sent = true;
      const result = await sendView(postId);
      if (result.ok) viewCounts.apply(postId, result.data.viewsCount);
    };
    const onVisibilityChange = () => {
      clearTimeout(timer);
      if (!sent && document.visibilityState === "visible")
        timer = setTimeout(() => void send(), VIEW_DELAY_MS);
    };
    onVisibilityChange();
    document.addEventListener("visibilitychange", onVisibilityChange);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibilityChange);
    };
  }, [postId]);
  return null;
}
