import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TransferOutcome } from "@/app/_features/uploads/transfer/blob-transfer";
import { UploadSlot } from "@/app/_features/uploads/upload-slot";
import type { ApiFailure } from "@/app/_ui/api-result";
import { UPLOAD_TOKEN_VALID_MS } from "@/lib/schemas/limits";
import type { UploadedFile } from "@/lib/schemas/media-file";

beforeEach(() => {
  vi.useFakeTimers();
  // Where the browser reports that it is online again.
  const target = new EventTarget();
  vi.stubGlobal("addEventListener", target.addEventListener.bind(target));
  vi.stubGlobal("removeEventListener", target.removeEventListener.bind(target));
  vi.stubGlobal("dispatchEvent", target.dispatchEvent.bind(target));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const because = (code: string): ApiFailure => ({
  ...{ code, message: null, requestId: null, details: [], retryAfterSeconds: null },
});

const uploaded = (id: string, changes: Partial<UploadedFile> = {}): UploadedFile => ({
  ...{ id, purpose: "audio", status: "processing", problem: null, name: "tram.wav", bytes: 10 },
  ...{ track: null, cover: null, taskId: null, progress: null },
  ...changes,
});

interface Script {
  /** Outcomes of one attempt after another; then all is stored. */
  transfers?: TransferOutcome[];
  confirmation?: UploadedFile | ApiFailure;
  /** How long one attempt takes. */
  sendMs?: number;
}

/** A slot whose server and store answer as scripted, with what was called. */
function createSlot({ transfers = [], confirmation, sendMs = 10 }: Script = {}) {
  const calls: string[] = [];
  /** By idempotency key. */
  const ids = new Map<string, string>();
  const slot = new UploadSlot({
    check: ({ size }) => (size === 0 ? "damaged" : null),
    requestUpload: async (_, key) => {
      const id = ids.get(key) ?? `file-${String(ids.size + 1)}`;
      ids.set(key, id);
      calls.push(`request ${id}`);
      await delay(10);
      const upload = { pathname: id, clientToken: `t${String(calls.length)}`, multipart: false };
      return { ok: true, data: { file: uploaded(id, { status: "uploading" }), upload } };
    },
    createTransfer: (_, { pathname }) => ({
      send: async ({ signal, onProgress }) => {
        calls.push(`send ${pathname}`);
        await delay(sendMs);
        // As a request does that is cut off.
        onProgress(signal.aborted ? 0 : 5);
        if (signal.aborted) return "interrupted";
        return transfers.shift() ?? "stored";
      },
      renewToken: (token) => calls.push(`renew ${token}`),
    }),
    confirmUpload: async (id) => {
      calls.push(`confirm ${id}`);
      await delay(10);
      if (confirmation && "code" in confirmation) return { ok: false, failure: confirmation };
      return { ok: true, data: { file: confirmation ?? uploaded(id) } };
    },
    discard: (id) => calls.push(`discard ${id}`),
  });
  return { slot, calls };
}

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const track = new File(["0123456789"], "tram.wav");

describe("a chosen file", () => {
  it("has an id for the form once it is in the store, and is followed until it is ready", async () => {
    const { slot, calls } = createSlot();
    slot.choose(track);
    expect(slot.state()).toMatchObject({ phase: "sending", bytes: 10 });
    expect(slot.fileId()).toBeNull();
    await vi.advanceTimersByTimeAsync(100);
    expect(slot.state()).toMatchObject({ phase: "stored", file: { status: "processing" } });
    expect(slot.fileId()).toBe("file-1");
    expect(calls).toEqual(["request file-1", "send file-1", "confirm file-1"]);
    slot.update(uploaded("another", { status: "ready" }));
    expect(slot.state()).toMatchObject({ file: { status: "processing" } });
    slot.update(uploaded("file-1", { status: "ready" }));
    expect(slot.state()).toMatchObject({ file: { status: "ready" } });
  });

  it("that cannot be used is not sent", () => {
    const { slot, calls } = createSlot();
    slot.choose(new File([], "empty.mp3"));
    expect(slot.state()).toMatchObject({ phase: "failed", problem: "damaged" });
    expect(slot.canRetry()).toBe(false);
    expect(calls).toEqual([]);
  });

  it("that turns out to be unusable is no longer the form's, and takes no quota", async () => {
    const { slot, calls } = createSlot();
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(100);
    slot.update(uploaded("file-1", { status: "refused", problem: "wrong_type" }));
    expect(slot.state()).toMatchObject({ phase: "failed", problem: "wrong_type", name: "tram.wav" });
    expect(slot.fileId()).toBeNull();
    expect(calls.at(-1)).toBe("discard file-1");
    expect(slot.canRetry()).toBe(false);
  });
});

describe("a lost connection", () => {
  it("is retried under the same token, later and later, and at once when the browser is online", async () => {
    const { slot, calls } = createSlot({ transfers: Array<TransferOutcome>(3).fill("interrupted") });
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(50);
    const first = slot.state();
    expect(first).toMatchObject({ phase: "sending", loaded: 5, isServerBusy: false });
    expect(first.phase === "sending" && first.retryAt).toBeGreaterThan(Date.now());
    await vi.advanceTimersByTimeAsync(3_000);
    expect(calls.filter((call) => call === "send file-1")).toHaveLength(2);
    // The second pause is longer, unless the network is back.
    await vi.advanceTimersByTimeAsync(3_500);
    expect(calls.filter((call) => call === "send file-1")).toHaveLength(2);
    dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(50);
    expect(calls.filter((call) => call === "send file-1")).toHaveLength(3);
    slot.retry();
    await vi.advanceTimersByTimeAsync(100);
    expect(slot.fileId()).toBe("file-1");
    expect(calls.filter((call) => call.startsWith("request"))).toHaveLength(1);
  });

  it("to our own server does not send the bytes again", async () => {
    const { slot, calls } = createSlot({ confirmation: because("network") });
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(calls.filter((call) => call.startsWith("send"))).toHaveLength(1);
    expect(calls.filter((call) => call.startsWith("confirm")).length).toBeGreaterThan(1);
    expect(slot.state()).toMatchObject({ phase: "sending", isServerBusy: false });
  });

  it("is not what a limit of the server is shown as", async () => {
    const { slot } = createSlot({ confirmation: because("rate_limited") });
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(100);
    expect(slot.state()).toMatchObject({ phase: "sending", isServerBusy: true });
  });
});

describe("a token that is too old", () => {
  it("is renewed when the store refuses it, and the upload of the same file goes on", async () => {
    const { slot, calls } = createSlot({ transfers: ["refused"], sendMs: UPLOAD_TOKEN_VALID_MS });
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(2 * UPLOAD_TOKEN_VALID_MS + 100);
    expect(calls).toEqual([
      ...["request file-1", "send file-1"],
      ...["request file-1", "renew t3", "send file-1", "confirm file-1"],
    ]);
    expect(slot.fileId()).toBe("file-1");
  });

  it("is renewed before an upload goes on that lost its connection for hours", async () => {
    const { slot, calls } = createSlot({ transfers: ["interrupted"], sendMs: UPLOAD_TOKEN_VALID_MS });
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(2 * UPLOAD_TOKEN_VALID_MS + 10_000);
    expect(calls.slice(1)).toEqual([
      ...["send file-1", "request file-1", "renew t3", "send file-1", "confirm file-1"],
    ]);
  });
});

describe("a failed upload", () => {
  it("is deleted, and is sent again under a new token", async () => {
    const { slot, calls } = createSlot({ transfers: ["refused"] });
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(100);
    expect(slot.state()).toMatchObject({ phase: "failed", failure: { code: "refused" } });
    expect(calls.at(-1)).toBe("discard file-1");
    expect(slot.canRetry()).toBe(true);
    slot.retry();
    await vi.advanceTimersByTimeAsync(100);
    expect(slot.fileId()).toBe("file-2");
  });

  it("that arrived incomplete can be sent again", async () => {
    const { slot } = createSlot({
      confirmation: uploaded("file-1", { status: "refused", problem: "incomplete" }),
    });
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(100);
    expect(slot.state()).toMatchObject({ phase: "failed", problem: "incomplete" });
    expect(slot.canRetry()).toBe(true);
  });
});

describe("a file that is gone", () => {
  it("empties the slot, unless it was refused: its deletion does not take the reason away", async () => {
    const { slot, calls } = createSlot();
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(100);
    slot.update(uploaded("file-1", { status: "refused", problem: "wrong_type" }));
    expect(calls.at(-1)).toBe("discard file-1");
    slot.remove("file-1");
    expect(slot.state()).toMatchObject({ phase: "failed", problem: "wrong_type" });

    slot.choose(track);
    await vi.advanceTimersByTimeAsync(100);
    const fileId = slot.fileId() ?? "";
    slot.remove("file-1");
    expect(slot.fileId()).toBe(fileId);
    slot.remove(fileId);
    expect(slot.state().phase).toBe("empty");
  });
});

describe("clearing a slot", () => {
  it.each([5, 15, 25])("after %i ms cancels the upload and deletes it", async (ms) => {
    const { slot, calls } = createSlot();
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(ms);
    slot.clear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(slot.state().phase).toBe("empty");
    expect(calls.filter((call) => call.startsWith("discard"))).toEqual(["discard file-1"]);
  });

  it("keeps what is in the store, and a draft finds it by its id", async () => {
    const { slot, calls } = createSlot();
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(100);
    slot.clear();
    expect(calls).not.toContain("discard file-1");
    slot.restore("file-1");
    expect(slot.fileId()).toBe("file-1");
    slot.update(uploaded("file-1", { status: "ready" }));
    expect(slot.state().phase).toBe("stored");
    // A draft does not replace what was chosen since.
    slot.restore("file-0");
    expect(slot.fileId()).toBe("file-1");
  });

  it("replaces a running upload by another file", async () => {
    const { slot, calls } = createSlot();
    slot.choose(track);
    await vi.advanceTimersByTimeAsync(15);
    slot.choose(new File(["ab"], "other.wav"));
    await vi.advanceTimersByTimeAsync(100);
    expect(slot.fileId()).toBe("file-2");
    expect(calls).toContain("discard file-1");
    expect(calls).not.toContain("confirm file-1");
  });
});
