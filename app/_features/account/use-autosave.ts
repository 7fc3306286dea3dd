"use client";

import { useRef, useState } from "react";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";

/**
 * Saves each change at once, one call after the other, so that the last choice is what stays. What could not be saved
 * stays as it was chosen, and goes along with the next change or with `retry`.
 */
export function useSaving<Change extends object>(send: (change: Change) => Promise<ApiResult<unknown>>) {
  const waiting = useRef<Partial<Change>>({});
  const sending = useRef(false);
  const [state, setState] = useState<"idle" | "saving" | "saved">("idle");
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const sendAll = async () => {
    if (sending.current) return;
    sending.current = true;
    setState("saving");
    while (Object.keys(waiting.current).length > 0) {
      const change = waiting.current;
      waiting.current = {};
      // Only whole properties are put together.
      const result = await send(change as Change);
      if (result.ok) {
        setFailure(null);
        continue;
      }
      waiting.current = { ...change, ...waiting.current };
      setFailure(result.failure);
      break;
    }
    sending.current = false;
    setState(Object.keys(waiting.current).length > 0 ? "idle" : "saved");
  };

  return {
    saving: state === "saving",
    saved: state === "saved",
    failure,
    save: (change: Partial<Change>) => {
      waiting.current = { ...waiting.current, ...change };
      void sendAll();
    },
    retry: () => void sendAll(),
  };
}
