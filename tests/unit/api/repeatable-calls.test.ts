import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { callApi } from "@/app/_data/call-api";

const keys: (string | null)[] = [];
let respond: () => Promise<Response>;

beforeEach(() => {
  keys.length = 0;
  vi.stubGlobal("fetch", (_path: string, { headers }: RequestInit) => {
    keys.push(new Headers(headers).get("idempotency-key"));
    return respond();
  });
});
afterEach(() => vi.unstubAllGlobals());

const publish = (title: string) =>
  callApi("/api/posts", { method: "POST", body: { title }, repeatable: true });

function apiError(status: number, code: string) {
  const error = { code, message: "No", requestId: "id" };
  return async () => Response.json({ error }, { status });
}

it.each([
  ["a lost connection", () => Promise.reject(new TypeError("fetch failed"))],
  ["a 503", apiError(503, "unavailable")],
  ["a page of a proxy", async () => new Response("<html>", { status: 502 })],
])("after %s the same call has the same key, and another call another one", async (_, failure) => {
  respond = failure;
  await publish("One");
  await publish("One");
  await publish("Two");
  const [first, second, other] = keys;
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
  respond = async () => Response.json({});
  await publish("One");
  expect(keys[3]).toBe(first);
  // The first is done: the same words again are a new post.
  await publish("One");
  expect(keys[4]).not.toBe(first);
});

it("after a reload of the tab the same call has the same key; what it contains is not stored", async () => {
  const stored = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
  });
  respond = apiError(503, "unavailable");
  await publish("Four");
  vi.resetModules();
  const reloaded = await import("@/app/_data/call-api");
  respond = async () => Response.json({});
  const options = { method: "POST" as const, body: { title: "Four" }, repeatable: true };
  expect(JSON.stringify([...stored])).not.toContain("Four");
  await reloaded.callApi("/api/posts", options);
  expect(keys[1]).toBe(keys[0]);
  expect(stored.size).toBe(0);
});

it("after a refusal the call gets a new key", async () => {
  respond = apiError(409, "conflict");
  await publish("Three");
  await publish("Three");
  expect(keys[1]).not.toBe(keys[0]);
});

it("other calls have none", async () => {
  respond = async () => Response.json({});
  await callApi("/api/notifications/read", { method: "POST", body: {} });
  expect(keys).toEqual([null]);
});
