import { vi } from "vitest";
import { signAccessToken } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";

/** The middleware with empty process memory, as a new edge instance has. */
export async function freshGate() {
  vi.resetModules();
  return (await import("@/middleware")).middleware;
}

export const gateRequest = (path: string, headers: Record<string, string> = {}) =>
  new Request(`http://localhost${path}`, { headers });

/** An access token of a listener, valid for a minute. */
export async function listenerToken(userId = newId()): Promise<string> {
  return signAccessToken({ userId, sessionId: newId(), seq: 1, role: "listener", name: "x" }, 60);
}
