import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { uploadFile } from "@/app/_features/chat/store/upload-file";

/** The part of XMLHttpRequest that an upload uses. */
class FakeRequest extends EventTarget {
  static last: FakeRequest | null = null;
  readonly upload = new EventTarget();
  readonly setRequestHeader = vi.fn();
  readonly open = vi.fn();
  readonly send = vi.fn();
  responseType = "";
  constructor() {
    super();
    FakeRequest.last = this;
  }
  abort(): void {
    this.dispatchEvent(new Event("abort"));
    this.dispatchEvent(new Event("loadend"));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("a stalled upload fails, a slow one does not", async () => {
  const file = new File(["la"], "la.txt", { type: "text/plain" });
  const ended = vi.fn();
  void uploadFile(file, { signal: new AbortController().signal, onProgress: () => undefined }).then(ended);
  for (let n = 0; n < 10; n++) {
    await vi.advanceTimersByTimeAsync(20_000);
    FakeRequest.last?.upload.dispatchEvent(Object.assign(new Event("progress"), { loaded: n, total: 10 }));
  }
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(31_000);
  expect(ended).toHaveBeenCalledWith(
    expect.objectContaining({ ok: false, failure: expect.objectContaining({ code: "network" }) }),
  );
});
