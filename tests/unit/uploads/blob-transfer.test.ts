import { expect, it, vi } from "vitest";
import type { BlobClient } from "@/app/_features/uploads/transfer/blob-client";
import { BlobTransfer, STALL_TIMEOUT_MS } from "@/app/_features/uploads/transfer/blob-transfer";

it("reports no progress once it has ended, though the store's client reports its last one later", async () => {
  vi.useFakeTimers();
  const reportLate: (() => void)[] = [];
  const put = vi.fn(async (_pathname, _body, { onUploadProgress }) => {
    onUploadProgress({ loaded: 2, total: 3, percentage: 66 });
    reportLate.push(() => onUploadProgress({ loaded: 3, total: 3, percentage: 100 }));
    return {};
  }) as unknown as BlobClient["put"];
  const destination = { pathname: "a", clientToken: "t", multipart: false };
  const client = { put } as BlobClient;
  const transfer = new BlobTransfer(new Blob(["abc"]), destination, async () => client);
  const progress: number[] = [];
  const outcome = await transfer.send({
    signal: new AbortController().signal,
    onProgress: (loaded) => progress.push(loaded),
  });
  for (const report of reportLate) report();
  expect([outcome, progress]).toEqual(["stored", [2]]);
  // Nor does it wait for progress any longer.
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(STALL_TIMEOUT_MS);
  vi.useRealTimers();
});
