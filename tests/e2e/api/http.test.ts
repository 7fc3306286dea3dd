import { request as startRequest } from "node:http";
import { beforeAll, describe, expect, it } from "vitest";
import type { App } from "@/tests/support/processes/running-app";
import { workerApp } from "@/tests/support/processes/worker";

/** What Next.js and its server make of requests and responses. */

let app: App;
let authorization: string;

beforeAll(async () => {
  app = await workerApp();
  const response = await fetch(`${app.url}/api/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "artist@normaldance.test", password: "normaldance" }),
  });
  authorization = `Bearer ${(await response.json()).accessToken}`;
});

interface RawResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: number;
}

/** Node's own client: `fetch` refuses to send TRACE, and decompresses. */
function send(method: string, path: string, headers: Record<string, string> = {}): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const request = startRequest(`${app.url}${path}`, { method, headers }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes }),
      );
    });
    request.on("error", reject).end();
  });
}

it("refuses a method that nothing has with 405, on every kind of address", async () => {
  for (const path of ["/", "/api/posts", "/api/health", "/api/nope", "/shop"])
    for (const method of ["TRACE", "PROPFIND"]) {
      const { status, headers } = await send(method, path);
      expect([method, path, status]).toEqual([method, path, 405]);
      expect(headers.allow).toContain("GET");
    }
  expect((await send("TRACE", "/favicon.ico")).status).toBe(405);
});

it("answers 400 to an address with malformed escapes, wherever it has a parameter", async () => {
  const bad = "%E0%A4%A";
  const pages = [`/tags/${bad}`, `/u/${bad}`, `/posts/${bad}`, `/shop/${bad}`, `/chat/${bad}`, `/r/${bad}`];
  for (const path of [...pages, `/posts/${bad}/edit`, `/docs/${bad}`, `/${bad}`]) {
    const { status, headers } = await send("GET", path, { accept: "text/html" });
    expect([path, status, headers["content-type"]]).toEqual([path, 400, "text/html; charset=utf-8"]);
  }
  for (const path of [`/api/posts/${bad}`, `/api/people/${bad}`, `/api/chats/${bad}/messages`]) {
    const { status, headers } = await send("GET", path);
    expect([path, status, headers["content-type"]]).toEqual([path, 400, "application/json"]);
  }
  expect((await send("GET", `/tags/${encodeURIComponent("ё")}`)).status).toBe(200);
});

describe("Content-Length", () => {
  it("of a file is that of its bytes, whole, in part and without them", async () => {
    const uploaded = await fetch(`${app.url}/api/media`, {
      method: "POST",
      headers: { authorization, "content-type": "audio/mpeg", "x-file-name": "a.mp3" },
      body: Buffer.from(`\xff\xfb\x90\x64${"\0".repeat(5_000)}`, "latin1"),
    });
    const { file } = await uploaded.json();
    const read = (method: string, headers = {}) =>
      send(method, `/api/media/${file.id}`, { authorization, ...headers });
    expect(await read("GET")).toMatchObject({
      status: 200,
      bytes: 5_004,
      headers: { "content-length": "5004" },
    });
    expect(await read("HEAD")).toMatchObject({
      status: 200,
      bytes: 0,
      headers: { "content-length": "5004" },
    });
    const part = await read("GET", { range: "bytes=10-19" });
    expect(part).toMatchObject({ status: 206, bytes: 10, headers: { "content-length": "10" } });
    expect(part.headers).not.toHaveProperty("x-body-length");
  });

  it("of JSON too, unless it is compressed on the way", async () => {
    const whole = await send("GET", "/api/posts");
    expect(whole.headers["content-length"]).toBe(String(whole.bytes));
    const head = await send("HEAD", "/api/posts");
    expect([head.status, head.bytes, head.headers["content-length"]]).toEqual([200, 0, String(whole.bytes)]);
    const packed = await send("GET", "/api/posts", { "accept-encoding": "gzip" });
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect([undefined, String(packed.bytes)]).toContain(packed.headers["content-length"]);
    expect(packed.headers).not.toHaveProperty("x-body-length");
  });
});
