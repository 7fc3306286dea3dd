import { refreshSession } from "@/app/_data/session";

/** Why a browser could not play a source; `fine`: the server has it, so the browser does not play its format. */
export type SourceState = "fine" | "gone" | "unreachable";

/**
 * Requests the headers of a source alone, because a media element reports the same error for a missing file and an unknown
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

/** The status of the response; null without a response. */
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
