import { beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";
import { freshGate, gateRequest, listenerToken } from "@/tests/support/clients/gate";

describe("the gate", () => {
  beforeEach(() => vi.unstubAllEnvs());

  it("accepts 100 requests a minute of a user over all routes together, and names the limit that rejects", async () => {
    const gate = await freshGate();
    const headers = { authorization: `Bearer ${await listenerToken()}` };
    for (let i = 0; i < 100; i += 1) {
      const path = ["/", "/api/posts", "/api/posts/view", `/api/posts/${newId()}`][i % 4] ?? "/";
      expect((await gate(gateRequest(path, headers))).status).toBe(200);
    }
    for (const instance of [gate, await freshGate()]) {
      const rejection = await instance(gateRequest("/api/me", headers));
      expect(rejection.status).toBe(429);
      expect(rejection.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60, "person";q=100;w=60');
      expect(rejection.headers.get("ratelimit")).toMatch(/^"person";r=0;t=\d+, "default";r=\d+;t=\d+$/);
      expect(Number(rejection.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    }
    // An anonymous request has no user limit.
    for (const path of ["/a", "/api/b"]) {
      const anonymous = await gate(gateRequest(path));
      expect(anonymous.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60');
    }
  });
});
