import * as client from "@vercel/blob/client";
import { expect, it } from "vitest";
import type { BlobClient } from "@/app/_features/uploads/transfer/blob-client";
import { BlobTransfer, PART_BYTES } from "@/app/_features/uploads/transfer/blob-transfer";
import { read, start } from "@/tests/support/servers/blob";

/** Transfers of the upload form, with the SDK's calls of a browser. */

interface Stored {
  bytes: Buffer;
  transfer: BlobTransfer;
  /** The part numbers of all calls, in their order. */
  sentParts: number[];
  contents: () => Promise<Buffer>;
}

/** @param fails  whether a call with this part fails as a lost connection does */
async function createTransfer(
  size: number,
  fails: (partNumber: number) => boolean = () => false,
): Promise<Stored> {
  const blob = await start();
  const bytes = Buffer.alloc(size, "normaldance ");
  const pathname = "sound/track";
  const clientToken = await client.generateClientTokenFromReadWriteToken({ token: blob.token, pathname });
  const sentParts: number[] = [];
  const cutting: BlobClient = {
    ...client,
    uploadPart: async (path, body, options) => {
      sentParts.push(options.partNumber);
      if (fails(options.partNumber)) throw new TypeError("Failed to fetch");
      return client.uploadPart(path, body, options);
    },
  };
  const transfer = new BlobTransfer(
    new Blob([bytes]),
    { pathname, clientToken, multipart: size > PART_BYTES },
    async () => cutting,
  );
  const contents = async () => {
    const response = await read(`${new URL(blob.url).origin}/store/${pathname}`, blob.token);
    return Buffer.from(await response.arrayBuffer());
  };
  return { bytes, transfer, sentParts, contents };
}

const never = new AbortController().signal;

it("sends a large file in parts, and after a lost connection only those that are missing", async () => {
  let isCut = true;
  const { bytes, transfer, sentParts, contents } = await createTransfer(
    PART_BYTES * 3 + 12_345,
    (partNumber) => isCut && partNumber >= 3,
  );
  const progress: number[] = [];
  const send = () => transfer.send({ signal: never, onProgress: (loaded) => progress.push(loaded) });
  expect(await send()).toBe("interrupted");
  // What was cut off does not count as sent.
  expect(progress.at(-1)).toBe(PART_BYTES * 2);
  const sentFirst = sentParts.splice(0);
  expect(sentFirst).toContain(1);
  isCut = false;
  expect(await send()).toBe("stored");
  expect([...sentParts].sort()).toEqual([3, 4]);
  expect(progress.at(-1)).toBe(bytes.length);
  expect(Math.max(...progress)).toBe(bytes.length);
  expect((await contents()).equals(bytes)).toBe(true);
});

it("sends a small file whole, and knows that a repeated one may be there already", async () => {
  const { bytes, transfer, contents } = await createTransfer(1_000);
  const aborted = new AbortController();
  aborted.abort();
  expect(await transfer.send({ signal: aborted.signal, onProgress: () => undefined })).toBe("interrupted");
  expect(await transfer.send({ signal: never, onProgress: () => undefined })).toBe("stored");
  expect((await contents()).equals(bytes)).toBe(true);
  // The token stores one blob once: our own server is asked whether this is it.
  expect(await transfer.send({ signal: never, onProgress: () => undefined })).toBe("stored");
});

it("is refused by the store with a token for another pathname", async () => {
  const blob = await start();
  const clientToken = await client.generateClientTokenFromReadWriteToken({
    token: blob.token,
    pathname: "sound/another",
  });
  const destination = { pathname: "sound/track", clientToken, multipart: false };
  const transfer = new BlobTransfer(new Blob(["la"]), destination, async () => client);
  expect(await transfer.send({ signal: never, onProgress: () => undefined })).toBe("refused");
});
