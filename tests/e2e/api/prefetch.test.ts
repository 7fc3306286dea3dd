import { request } from "node:http";
import { expect, it } from "vitest";
import { newClientAddress } from "@/tests/support/clients/browser-accounts";
import { workerApp } from "@/tests/support/processes/worker";

/** The gate of the production build sees which requests are prefetches; Next would hide its router's headers from it. */

const app = await workerApp();
const address = newClientAddress();

/** Sends the target as it is. @returns status and `RateLimit-Policy` */
function ask(target: string, headers: Record<string, string> = {}, method = "GET") {
  const { hostname, port } = new URL(app.url);
  return new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
    const call = request(
      { hostname, port, path: target, method, headers: { "x-forwarded-for": address, ...headers } },
      (response) => {
        response.resume();
        const policy = response.headers["ratelimit-policy"];
        response.on("end", () => resolve([response.statusCode, String(policy)]));
      },
    );
    call.on("error", reject);
    call.end();
  });
}

const DEFAULT = '"default";q=100;w=60';
const STRICT = '"strict";q=10;w=60';
const PREFETCH = '"prefetch";q=100;w=60';
/** Next's router. */
const prefetch = { rsc: "1", "next-router-prefetch": "1" };

it("only a page's bucket is another one", async () => {
  expect((await ask("/", prefetch))[1]).toBe(PREFETCH);
  expect((await ask("/shop?_rsc=1", prefetch))[1]).toBe(PREFETCH);
  expect(await ask("/")).toEqual([200, DEFAULT]);
  expect((await ask("/", { rsc: "1" }))[1]).toBe(DEFAULT);
  expect((await ask("/", prefetch, "POST"))[1]).toBe(DEFAULT);
  expect((await ask("/api/posts", prefetch))[1]).toBe(DEFAULT);
  expect((await ask("/api/auth/sign-in", prefetch, "POST"))[1]).toBe(STRICT);
});

it.each(["/api/auth/x/../sign-in", "/api/auth/%73ign-in", "/api/auth/sign-in.rsc"])(
  "%s is as strict as its usual spelling",
  async (target) => {
    expect((await ask(target, prefetch, "POST"))[1]).toBe(STRICT);
  },
);

it("neither the host nor a target with one chooses the path", async () => {
  const host = "x.example/api/cron/sync-views?";
  expect((await ask("/api/posts", { host }))[1]).toBe(DEFAULT);
  // Redirected to a path of ours, which the gate then sees.
  for (const target of ["http://x.example/api/cron/sync-views", "//x.example/api/cron/sync-views"])
    expect((await ask(target))[0]).toBe(308);
});
