"use client";

import { useRef, useState } from "react";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";

/**
 * Saves each change immediately, one call at a time, so that the last choice wins. A change that failed stays selected
 * and is sent again with the next change or with `retry`.
 */
export function useAutosave<Change extends object>(send: (change: Change) => Promise<ApiResult<unknown>>) {
  const pendingChange = useRef<Partial<Change>>({});
  const isSending = useRef(false);
  const [state, setState] = useState<"idle" | "saving" | "saved">("idle");
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const flush = async () => {
    if (isSending.current) return;
    isSending.current = true;
    setState("saving");
    while (Object.keys(pendingChange.current).length > 0) {
      const change = pendingChange.current;
      pendingChange.current = {};
      // Merging keeps whole properties, so the result is a valid change.
      const result = await send(change as Change);
      if (result.ok) {
        setFailure(null);
        continue;
      }
      pendingChange.current = { ...change, ...pendingChange.current };
      setFailure(result.failure);
      break;
    }
    isSending.current = false;
    setState(Object.keys(pendingChange.current).length > 0 ? "idle" : "saved");
  };

  return {
    saving: state === "saving",
    saved: state === "saved",
    failure,
    save: (change: Partial<Change>) => {
      pendingChange.current = { ...pendingChange.current, ...change };
      void flush();
    },
    retry: () => void flush(),
  };
}
