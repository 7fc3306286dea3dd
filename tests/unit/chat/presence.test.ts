import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { askPresenceAgain, presenceOf, showPresence } from "@/app/_features/chat/store/presence-store";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("an answer of a server that cannot say is not taken for one, and it is asked again", async () => {
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
  const hide = showPresence(["a"]);
  known = false;
  await settle();
  expect(presenceOf("a")).toBeUndefined();
  known = true;
  askPresenceAgain();
  await settle();
  expect(presenceOf("a")?.state).toBe("online");
  known = false;
  askPresenceAgain();
  await settle();
  expect(presenceOf("a")?.state).toBe("online");
  expect(fetched).toHaveBeenCalledTimes(3);
  hide();
});
