import { beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";
import { freshGate, gateRequest, listenerToken } from "@/tests/support/clients/gate";

describe("the gate", () => {
  beforeEach(() => vi.unstubAllEnvs());

  it("lets a person ask 100 times a minute over all routes together, and tells which limit refuses", async () => {
    const gate = await freshGate();
    const headers = { authorization: `Bearer ${await listenerToken()}` };
    for (let i = 0; i < 100; i += 1) {
      const path = ["/", "/api/posts", "/api/posts/view", `/api/posts/${newId()}`][i % 4] ?? "/";
      expect((await gate(gateRequest(path, headers))).status).toBe(200);
    }
    for (const refusing of [gate, await freshGate()]) {
      const refused = await refusing(gateRequest("/api/me", headers));
      expect(refused.status).toBe(429);
      expect(refused.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60, "person";q=100;w=60');
      expect(refused.headers.get("ratelimit")).toMatch(/^"person";r=0;t=\d+, "default";r=\d+;t=\d+$/);
      expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    }
    // An address is not a person.
    for (const path of ["/a", "/api/b"]) {
      const anonymous = await gate(gateRequest(path));
      expect(anonymous.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60');
    }
  });
});
