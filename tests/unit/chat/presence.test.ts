import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { getPresence, refetchPresence, trackPresence } from "@/app/_features/chat/store/presence-store";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("presence that the server does not know is ignored and requested again", async () => {
  let known = true;
  const fetched = vi.fn(async () => {
    const items = [{ userId: "a", state: known ? "online" : "offline", lastSeenAt: null }];
    return Response.json({ items, onlineCount: 0, known });
  });
  vi.stubGlobal("fetch", fetched);
  const settle = async () => {
    await vi.advanceTimersByTimeAsync(100);
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(1);
  };
  const stopTracking = trackPresence(["a"]);
  known = false;
  await settle();
  expect(getPresence("a")).toBeUndefined();
  known = true;
  refetchPresence();
  await settle();
  expect(getPresence("a")?.state).toBe("online");
  known = false;
  refetchPresence();
  await settle();
  expect(getPresence("a")?.state).toBe("online");
  expect(fetched).toHaveBeenCalledTimes(3);
  stopTracking();
});
