import { isSomebodys, renewSession } from "@/app/_data/session";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import type { Attachment } from "./chat-api";

/** What the API takes. */
export const MOST_BYTES = 4 * 1024 * 1024;

/** Nothing has moved for so long: the connection counts as lost. A slow one may take as long as it needs. */
const STALLED_MS = 30_000;

interface Options {
  signal: AbortSignal;
  /** From 0 to 1. */
  onProgress: (share: number) => void;
}

/**
 * Sends a file's bytes. By XMLHttpRequest, since fetch does not say how far it is. Never throws; as with other calls,
 * an access token that is too old is renewed once.
 */
export async function uploadFile(file: File, options: Options): Promise<ApiResult<{ file: Attachment }>> {
  const startedAt = Date.now();
  const result = await send(file, options);
  if (result.ok || result.failure.code !== "unauthenticated" || !isSomebodys()) return result;
  const renewal = await renewSession(startedAt);
  return renewal.outcome === "renewed" ? send(file, options) : result;
}

function send(file: File, { signal, onProgress }: Options): Promise<ApiResult<{ file: Attachment }>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout> | undefined;
    const moved = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    const lost = () => resolve({ ok: false, failure: failed({ code: "network" }) });
    request.open("POST", "/api/media");
    request.responseType = "json";
    request.setRequestHeader("content-type", file.type || "application/octet-stream");
    request.setRequestHeader(
      "x-file-name",
      encodeURIComponent(file.name.replace(/\p{Surrogate}/gu, "\ufffd")),
    );
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      moved();
      onProgress(total ? loaded / total : 0);
    });
    request.addEventListener("error", lost);
    request.addEventListener("abort", lost);
    request.addEventListener("loadend", () => clearTimeout(stalled));
    request.addEventListener("load", () => void read(request).then(resolve));
    signal.addEventListener("abort", () => request.abort());
    if (signal.aborted) return lost();
    moved();
    request.send(file);
  });
}

async function read(request: XMLHttpRequest): Promise<ApiResult<{ file: Attachment }>> {
  const answers = await import("@/app/_data/response-schemas");
  const json: unknown = request.response;
  const requestId = request.getResponseHeader("x-request-id");
  if (request.status < 300) {
    const parsed = answers.uploaded.safeParse(json);
    return parsed.success ? { ok: true, data: parsed.data } : { ok: false, failure: failed({ requestId }) };
  }
  const body = answers.failure.safeParse(json).data?.error;
  const wait = Number(request.getResponseHeader("retry-after"));
  const retryAfterSeconds = wait > 0 ? Math.ceil(wait) : null;
  return { ok: false, failure: failed({ requestId, retryAfterSeconds, ...body, details: [] }) };
}

function failed(failure: Partial<ApiFailure>): ApiFailure {
  return {
    ...{ code: "unexpected", message: null, requestId: null, details: [], retryAfterSeconds: null },
    ...failure,
  };
}
