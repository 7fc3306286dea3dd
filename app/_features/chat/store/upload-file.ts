import { IdempotencyKeys } from "@/app/_data/idempotency-keys";
import { apiFailure, parseFailure } from "@/app/_data/parse-failure";
import { isAuthenticated, refreshSession } from "@/app/_data/session";
import type { ApiResult } from "@/app/_ui/api-result";
import type { FileView } from "@/lib/schemas/media-file";

/** Without progress for this long the connection counts as lost. A slow upload has no other time limit. */
const STALL_TIMEOUT_MS = 30_000;

const keysByFile = new IdempotencyKeys(new WeakMap<File, string>());

interface Options {
  signal: AbortSignal;
  /** From 0 to 1. */
  onProgress: (fraction: number) => void;
}

/**
 * Uploads a file. Uses XMLHttpRequest because fetch reports no upload progress. Never throws; as with other calls, an
 * expired access token is renewed once. Repeated after an unknown outcome, the file is stored once.
 */
export function uploadFile(file: File, options: Options): Promise<ApiResult<{ file: FileView }>> {
  return keysByFile.run(file, async (key) => {
    const startedAt = Date.now();
    const result = await send(file, key, options);
    if (result.ok || result.failure.code !== "unauthenticated" || !isAuthenticated()) return result;
    const refresh = await refreshSession(startedAt);
    return refresh.outcome === "renewed" ? send(file, key, options) : result;
  });
}

function send(
  file: File,
  key: string,
  { signal, onProgress }: Options,
): Promise<ApiResult<{ file: FileView }>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let stallTimer: ReturnType<typeof setTimeout> | undefined;
    const restartStallTimer = () => {
      clearTimeout(stallTimer);
      stallTimer = setTimeout(() => request.abort(), STALL_TIMEOUT_MS);
    };
    const failAsNetworkError = () => resolve({ ok: false, failure: apiFailure({ code: "network" }) });
    request.open("POST", "/api/media");
    request.responseType = "json";
    request.setRequestHeader("content-type", file.type || "application/octet-stream");
    request.setRequestHeader("idempotency-key", key);
    request.setRequestHeader(
      "x-file-name",
      encodeURIComponent(file.name.replace(/\p{Surrogate}/gu, "\ufffd")),
    );
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      restartStallTimer();
      onProgress(total ? loaded / total : 0);
    });
    request.addEventListener("error", failAsNetworkError);
    request.addEventListener("abort", failAsNetworkError);
    request.addEventListener("loadend", () => clearTimeout(stallTimer));
    request.addEventListener("load", () => resolve(readResponse(request)));
    signal.addEventListener("abort", () => request.abort());
    if (signal.aborted) return failAsNetworkError();
    restartStallTimer();
    request.send(file);
  });
}

function readResponse(request: XMLHttpRequest): ApiResult<{ file: FileView }> {
  // Null when the body is not JSON.
  const json: unknown = request.response;
  if (request.status < 300 && json !== null) return { ok: true, data: json as { file: FileView } };
  const requestId = request.getResponseHeader("x-request-id");
  const seconds = Number(request.getResponseHeader("retry-after"));
  const retryAfterSeconds = seconds > 0 ? Math.ceil(seconds) : null;
  return { ok: false, failure: parseFailure(json, { requestId, retryAfterSeconds }) };
}
