import { randomBytes } from "node:crypto";
import {
  BlobAccessError,
  BlobClientTokenExpiredError,
  BlobContentTypeNotAllowedError,
  BlobFileTooLargeError,
  BlobPathnameMismatchError,
  head,
  put as putFromServer,
} from "@vercel/blob";
import {
  completeMultipartUpload,
  createMultipartUpload,
  generateClientTokenFromReadWriteToken,
  type HandleUploadBody,
  handleUpload,
  put,
  upload,
  uploadPart,
} from "@vercel/blob/client";
import { describe, expect, it } from "vitest";
import { listen, readBody, sendJson } from "@/local/http/server";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { afterTest } from "@/tests/support/servers/after-test";
import { read, start } from "@/tests/support/servers/blob";

/** Uploads from a browser, by the SDK's own client and server functions. */

const access = "public";
const MB = 1024 * 1024;

/** An app with the upload route that the SDK documents. The first `failures` callbacks are answered 500. */
async function startApp(token: string, failures = 0) {
  const completed: unknown[] = [];
  let callbacks = 0;
  const server = await listen("app", 0, async (request, response) => {
    const body = JSON.parse((await readBody(request, MB)).toString()) as HandleUploadBody;
    if (body.type === "blob.upload-completed") {
      callbacks += 1;
      if (callbacks <= failures) return sendJson(response, 500, {});
    }
    const answer = await handleUpload({
      ...{ token, request, body },
      onBeforeGenerateToken: async (_pathname, clientPayload) => ({
        allowedContentTypes: ["audio/*"],
        maximumSizeInBytes: 30 * MB,
        addRandomSuffix: true,
        tokenPayload: clientPayload,
        callbackUrl: `${server.url}/uploads`,
      }),
      onUploadCompleted: async (payload) => void completed.push(payload),
    }).catch((error: unknown) => ({ error: String(error) }));
    sendJson(response, "error" in answer ? 400 : 200, answer);
  });
  afterTest(() => server.close());
  return { url: `${server.url}/uploads`, completed };
}

describe("an upload through the app's route", () => {
  it.each([false, true])("stores the bytes and notifies the app once (multipart: %s)", async (multipart) => {
    const { token } = await start();
    const app = await startApp(token, 1);
    const bytes = randomBytes(multipart ? 21 * MB : 1_000);
    const stored = await upload("track.wav", new Blob([bytes]), {
      ...{ access, multipart, handleUploadUrl: app.url },
      contentType: "audio/wav",
      clientPayload: "post 7",
    });
    expect(stored.pathname).toMatch(/^track-[0-9a-f]{30}\.wav$/);
    const answer = await read(stored.url, null);
    expect(answer.headers.get("content-type")).toBe("audio/wav");
    expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), bytes)).toBe(0);
    await waitUntil("the repeated callback arrives", () => app.completed.length > 0);
    expect(app.completed).toEqual([
      expect.objectContaining({
        tokenPayload: "post 7",
        blob: expect.objectContaining({ pathname: stored.pathname, url: stored.url }),
      }),
    ]);
  });

  it("is refused for another type or a larger file, and stores nothing", async () => {
    const { token } = await start();
    const { url } = await startApp(token);
    const send = (body: Blob, contentType: string) =>
      upload("x", body, { access, handleUploadUrl: url, contentType });
    await expect(send(new Blob(["x"]), "text/html")).rejects.toThrow(BlobContentTypeNotAllowedError);
    await expect(send(new Blob([new Uint8Array(31 * MB)]), "audio/wav")).rejects.toThrow(
      BlobFileTooLargeError,
    );
  });
});

describe("a client token", () => {
  const tokenFor = (token: string, options = {}) =>
    generateClientTokenFromReadWriteToken({ token, pathname: "a", ...options });

  it("permits its pathname only, until its time, and no other call", async () => {
    const { token, url } = await start();
    const send = async (pathname: string, clientToken: string) =>
      put(pathname, "x", { access, token: clientToken });
    await expect(send("b", await tokenFor(token))).rejects.toThrow(BlobPathnameMismatchError);
    await expect(send("a", await tokenFor(token, { validUntil: Date.now() - 1 }))).rejects.toThrow(
      BlobClientTokenExpiredError,
    );
    const others = await tokenFor("vercel_blob_rw_local_other");
    const own = await tokenFor(token);
    const at = own.lastIndexOf("_") + 5;
    const forged = `${own.slice(0, at)}${own[at] === "A" ? "B" : "A"}${own.slice(at + 1)}`;
    for (const wrong of [others, forged]) await expect(send("a", wrong)).rejects.toThrow(BlobAccessError);
    const clientToken = await tokenFor(token);
    await expect(head("a", { token: clientToken })).rejects.toThrow(/not available/);
    await send("a", clientToken);
    // It may upload once: an overwrite needs `allowOverwrite` in the token.
    await expect(send("a", clientToken)).rejects.toThrow(/already exists/);
    const preflight = await fetch(`${url}/?pathname=a`, {
      method: "OPTIONS",
      headers: { origin: "http://localhost:3000", "access-control-request-headers": "authorization" },
    });
    expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization");
  });
});

describe("a multipart upload", () => {
  const parts = [randomBytes(5 * MB), randomBytes(5 * MB), randomBytes(10)] as const;

  async function begin() {
    const { token } = await start();
    const clientToken = await generateClientTokenFromReadWriteToken({ token, pathname: "a" });
    const options = { access, token: clientToken } as const;
    const created = await createMultipartUpload("a", options);
    const send = (number: number, bytes: Buffer) =>
      uploadPart("a", bytes, { ...options, ...created, partNumber: number });
    const complete = (sent: { etag: string; partNumber: number }[]) =>
      completeMultipartUpload("a", sent, { ...options, ...created });
    return { token, send, complete };
  }

  it("takes parts in any order, and a repeated one", async () => {
    const { token, send, complete } = await begin();
    await send(2, parts[0]);
    const sent = await Promise.all([send(3, parts[2]), send(2, parts[1]), send(1, parts[0])]);
    const stored = await complete(sent);
    const bytes = Buffer.from(await (await read(stored.url, null)).arrayBuffer());
    expect(Buffer.compare(bytes, Buffer.concat(parts))).toBe(0);
    expect((await head("a", { token })).size).toBe(10 * MB + 10);
    // It is over: its parts are gone.
    await expect(complete(sent)).rejects.toThrow(/does not exist/);
  });

  it("is not completed with a part that is missing, too small or listed twice", async () => {
    const { token, send, complete } = await begin();
    const [small, large] = [await send(1, parts[2]), await send(2, parts[0])];
    await expect(complete([small, large])).rejects.toThrow(/smaller/);
    await expect(complete([large, large])).rejects.toThrow(/twice/);
    await expect(complete([{ ...large, partNumber: 3 }])).rejects.toThrow(/not uploaded/);
    await expect(head("a", { token })).rejects.toThrow(/does not exist/);
    await complete([large]);
  });
});

it("a reader gets the blob that was there when it began, whatever is stored meanwhile", async () => {
  const { token } = await start();
  const first = Buffer.alloc(8 * MB, "a");
  const { url } = await putFromServer("a", first, { access, token });
  const answer = await read(url, null);
  await putFromServer("a", Buffer.alloc(8 * MB, "b"), { access, token, allowOverwrite: true });
  expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), first)).toBe(0);
});
