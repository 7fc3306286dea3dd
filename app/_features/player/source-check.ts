import { refreshSession } from "@/app/_data/session";

/** Why a browser could not read a source; `fine`: it can, so what it got is nothing that it plays. */
export type SourceState = "fine" | "gone" | "unreachable";

/**
 * Asks for a source without its bytes, because a media element reports the same error for a missing file and an unknown
 * format.
 */
export async function checkSource(url: string): Promise<SourceState> {
  const startedAt = Date.now();
  const status = await fetchStatus(url);
  if (status !== 401) return toState(status);
  const { outcome } = await refreshSession(startedAt);
  if (outcome === "unavailable") return "unreachable";
  return outcome === "renewed" ? toState(await fetchStatus(url)) : "gone";
}

/** Null: no answer. */
async function fetchStatus(url: string): Promise<number | null> {
  try {
    return (await fetch(url, { method: "HEAD", cache: "no-store" })).status;
  } catch {
    return null;
  }
}

function toState(status: number | null): SourceState {
  if (status === null || status === 429 || status >= 500) return "unreachable";
  return status < 400 ? "fine" : "gone";
}
