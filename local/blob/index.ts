import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isCrossOrigin, isLocalHostHeader } from "../http/same-origin";
import { listen, sendJson } from "../http/server";
import { handleApi } from "./api";
import { BlobStore } from "./blob-store";
import { handleContent, isContentUrl } from "./content";
import type { BlobContext } from "./context";
import { BlobApiError, blobNotFoundError } from "./errors";

/** Far over what a function on Vercel may pass on, far under what a laptop cannot hold. */
const DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024;

export interface BlobOptions {
  /** 0 picks a free one. */
  port?: number;
  /** Folder in which blobs outlive a restart; null keeps them in memory. */
  dataDir: string | null;
  /** `vercel_blob_rw_<store>_<secret>`, in which the SDK looks for the store; made up unless given. */
  token?: string;
  /** The largest blob that is taken; 64 MB unless said. */
  limitBytes?: number;
}

export interface RunningBlob {
  /** What `VERCEL_BLOB_API_URL` takes. */
  readonly url: string;
  /** What `BLOB_READ_WRITE_TOKEN` takes. */
  readonly token: string;
  /** Stops listening and cuts open connections. Safe to call twice. */
  close(): Promise<void>;
}

export function newBlobToken(): string {
  return `vercel_blob_rw_local_${randomBytes(24).toString("hex")}`;
}

/**
 * Starts a server on loopback that speaks Vercel Blob's HTTP API over a folder.
 *
 * @throws {PortTakenError} when somebody listens there
 */
export async function startBlob(options: BlobOptions): Promise<RunningBlob> {
  const context: Omit<BlobContext, "origin"> = {
    store: await BlobStore.open(options.dataDir),
    token: options.token ?? newBlobToken(),
    limitBytes: options.limitBytes ?? DEFAULT_LIMIT_BYTES,
  };
  const http = await listen("Blob", options.port ?? 0, (request, response) => {
    // A blob's URL names the server as it was called: through a proxy it leads through the proxy.
    const origin = `http://${request.headers.host ?? ""}`;
    handleRequest({ ...context, origin }, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof BlobApiError) sendJson(response, error.status, error.body());
      else sendJson(response, 500, { error: { code: "internal_server_error", message: String(error) } });
    });
  });
  return { url: `${http.url}/api/blob`, token: context.token, close: () => http.close() };
}

async function handleRequest(
  context: BlobContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // No page of anybody's needs it: what is public here is so for this machine.
  if (!isLocalHostHeader(request) || isCrossOrigin(request)) {
    throw new BlobApiError("forbidden", "this server is for programs on this machine");
  }
  const url = new URL(request.url ?? "/", context.origin);
  if (isContentUrl(url)) return handleContent(context, request, response, url);
  if (/^\/api\/blob(\/|$)/.test(url.pathname)) return handleApi(context, request, response, url);
  throw blobNotFoundError();
}
