import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { BodyTooLargeError, bearerToken, readBody, sameSecret, sendJson } from "../http/server";
import { accessSchema, type Blob, checkPathname, contentDisposition } from "./blob";
import type { NewBlob } from "./blob-store";
import { checkUploadPermitted, readClientToken, type UploadPermission } from "./client-token";
import { contentUrl, toPathname } from "./content";
import type { BlobContext } from "./context";
import { BlobApiError, blobNotFoundError } from "./errors";
import { MAX_PART_NUMBER, partsSchema } from "./multipart-uploads";

const MAX_JSON_BYTES = 2_000_000;
const MAX_PAGE_SIZE = 1_000;
const MONTH_SECONDS = 2_592_000;

/** Headers that the SDK sends with an upload. */
const putHeadersSchema = z.object({
  "x-vercel-blob-access": accessSchema.default("public"),
  "x-content-type": z.string().max(200).optional(),
  "x-add-random-suffix": z.enum(["0", "1"]).optional(),
  "x-allow-overwrite": z.enum(["0", "1"]).optional(),
  "x-cache-control-max-age": z.coerce.number().int().nonnegative().optional(),
  "x-if-match": z.string().optional(),
});

type PutHeaders = z.output<typeof putHeadersSchema>;

const multipartHeadersSchema = z.object({
  "x-mpu-action": z.enum(["create", "upload", "complete"]),
  "x-mpu-upload-id": z.string().default(""),
  /** Percent-encoded. */
  "x-mpu-key": z.string().default(""),
  "x-mpu-part-number": z.coerce.number().int().min(1).max(MAX_PART_NUMBER).default(1),
});

const deletionSchema = z.object({ urls: z.array(z.string()).max(MAX_PAGE_SIZE) });

const listQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(MAX_PAGE_SIZE),
  prefix: z.string().default(""),
  cursor: z.string().optional(),
  mode: z.enum(["expanded", "folded"]).default("expanded"),
});

/**
 * Answers the calls of the SDK, under `/api/blob`:
 *
 *     PUT  /?pathname=            put
 *     PUT  ?pathname=&fromUrl=    copy
 *     POST /mpu?pathname=         multipart: x-mpu-action create, upload, complete
 *     POST /rename?pathname=&fromUrl=
 *     GET  ?url=                  head (the SDK sends GET)
 *     GET  ?prefix=&cursor=&…     list
 *     POST /delete {urls}         del
 *
 * A browser with a client token may only put, whole or in parts.
 */
export async function handleApi(
  context: BlobContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const permission = authorize(context, request);
  const query = url.searchParams;
  const call = `${request.method} ${url.pathname.replace(/^\/api\/blob\/?/, "/")}`;
  if (call === "PUT /" && !query.has("fromUrl")) {
    return sendJson(response, 200, await putBlob(context, request, query, permission));
  }
  if (call === "POST /mpu") {
    return sendJson(response, 200, await handleMultipart(context, request, query, permission));
  }
  if (permission !== null) {
    throw new BlobApiError(
      "client_token_not_allowed",
      "This operation is not available when using a client token.",
    );
  }
  switch (call) {
    case "PUT /":
      return sendJson(response, 200, await copyBlob(context, request, query));
    case "POST /rename": {
      const renamed = await copyBlob(context, request, query);
      const from = toPathname(query.get("fromUrl") ?? "");
      if (from !== renamed.pathname) await context.store.remove(from);
      return sendJson(response, 200, renamed);
    }
    case "GET /":
      return sendJson(response, 200, query.has("url") ? headBlob(context, query) : listBlobs(context, query));
    case "POST /delete":
      return sendJson(response, 200, await removeBlobs(context, request));
    default:
      throw new BlobApiError("bad_request", `${request.method} ${url.pathname} is not here (local/blob)`);
  }
}

/** @returns what the holder of a client token may do; null for the store's own token, which may do everything */
function authorize({ token }: BlobContext, request: IncomingMessage): UploadPermission | null {
  const given = bearerToken(request) ?? "";
  if (sameSecret(given, token)) return null;
  const permission = readClientToken(given, token);
  if (permission === null) {
    throw new BlobApiError("forbidden", "Access denied, please provide a valid token for this resource.");
  }
  return permission;
}

async function putBlob(
  context: BlobContext,
  request: IncomingMessage,
  query: URLSearchParams,
  permission: UploadPermission | null,
) {
  const options = uploadOptions(request, permission);
  const draft = newBlob(query, options, permission);
  return storeBlob(context, draft, request, options, permission);
}

async function handleMultipart(
  context: BlobContext,
  request: IncomingMessage,
  query: URLSearchParams,
  permission: UploadPermission | null,
) {
  const { uploads } = context;
  const {
    "x-mpu-action": action,
    "x-mpu-upload-id": uploadId,
    "x-mpu-key": key,
    "x-mpu-part-number": partNumber,
  } = parseOrThrow(multipartHeadersSchema, request.headers);
  const options = uploadOptions(request, permission);
  if (action === "create") {
    const draft = newBlob(query, options, permission);
    return { uploadId: await uploads.create(draft), key: draft.pathname };
  }
  const draft = await uploads.get(uploadId, decodeURIComponent(key));
  // The key may have a random suffix; the query has the pathname that the token permits.
  checkPermitted(permission, query.get("pathname") ?? "", draft.contentType);
  if (action === "upload") {
    return { etag: await uploads.putPart(uploadId, partNumber, request, sizeLimit(context, permission)) };
  }
  const body = await readBoundedBody(request, MAX_JSON_BYTES);
  const parts = parseOrThrow(partsSchema, parseJson(body.toString()));
  const source = await uploads.assemble(uploadId, parts);
  const stored = await storeBlob(context, draft, source, options, permission);
  await uploads.remove(uploadId);
  return stored;
}

async function copyBlob(context: BlobContext, request: IncomingMessage, query: URLSearchParams) {
  const options = uploadOptions(request, null);
  const source = await context.store.open(toPathname(query.get("fromUrl") ?? ""));
  if (!source) throw blobNotFoundError();
  try {
    const draft = newBlob(query, { "x-content-type": source.blob.contentType, ...options }, null);
    return await storeBlob(context, draft, source.read(), options, null);
  } finally {
    await source.close();
  }
}

/** The metadata of a blob to store. @throws {BlobApiError} bad_request for what the token does not permit */
function newBlob(query: URLSearchParams, options: PutHeaders, permission: UploadPermission | null): NewBlob {
  const requested = checkPathname(query.get("pathname"));
  const contentType = options["x-content-type"] ?? "application/octet-stream";
  checkPermitted(permission, requested, contentType);
  const pathname = options["x-add-random-suffix"] === "1" ? withRandomSuffix(requested) : requested;
  const access = options["x-vercel-blob-access"];
  return {
    ...{ pathname, access, contentType },
    contentDisposition: contentDisposition(pathname, contentType),
    cacheControl: `${access}, max-age=${options["x-cache-control-max-age"] ?? MONTH_SECONDS}`,
    uploadedAt: new Date().toISOString(),
  };
}

async function storeBlob(
  context: BlobContext,
  draft: NewBlob,
  source: AsyncIterable<Uint8Array>,
  options: PutHeaders,
  permission: UploadPermission | null,
) {
  const blob = await context.store.put(draft, source, {
    limitBytes: sizeLimit(context, permission),
    assertPuttable: (current) => {
      const expectedEtag = options["x-if-match"];
      if (expectedEtag !== undefined && current?.etag !== expectedEtag) throw etagMismatchError();
      if (current && options["x-allow-overwrite"] !== "1") {
        throw new BlobApiError(
          "bad_request",
          "This blob already exists, use `allowOverwrite: true` if you want to overwrite it. Or `addRandomSuffix: true` to generate a unique filename.",
        );
      }
    },
  });
  const stored = toBlobResponse(context.origin, blob);
  if (permission?.onUploadCompleted) {
    const { callbackUrl, tokenPayload } = permission.onUploadCompleted;
    context.callbacks.send(callbackUrl, stored, tokenPayload ?? null);
  }
  return stored;
}

/** The options of an upload: the request's headers, or the token's where a browser uploads with one. */
function uploadOptions(request: IncomingMessage, permission: UploadPermission | null): PutHeaders {
  const headers = parseOrThrow(putHeadersSchema, request.headers);
  if (permission === null) return headers;
  const { addRandomSuffix = false, allowOverwrite = false, cacheControlMaxAge, ifMatch } = permission;
  return {
    "x-vercel-blob-access": headers["x-vercel-blob-access"],
    "x-content-type": headers["x-content-type"],
    "x-add-random-suffix": addRandomSuffix ? "1" : "0",
    "x-allow-overwrite": allowOverwrite ? "1" : "0",
    "x-cache-control-max-age": cacheControlMaxAge,
    "x-if-match": ifMatch,
  };
}

function checkPermitted(permission: UploadPermission | null, pathname: string, contentType: string): void {
  if (permission !== null) checkUploadPermitted(permission, { pathname, contentType });
}

function sizeLimit({ limitBytes }: BlobContext, permission: UploadPermission | null): number {
  return Math.min(limitBytes, permission?.maximumSizeInBytes ?? limitBytes);
}

function headBlob({ store, origin }: BlobContext, query: URLSearchParams) {
  const blob = store.get(toPathname(query.get("url") ?? ""));
  if (!blob) throw blobNotFoundError();
  return toBlobResponse(origin, blob);
}

/** A cursor is the last key of the previous page, so blobs added or deleted in between do not invalidate it. */
function listBlobs({ store, origin }: BlobContext, query: URLSearchParams) {
  const { limit, prefix, cursor, mode } = parseOrThrow(listQuerySchema, Object.fromEntries(query));
  const after = cursor === undefined ? "" : Buffer.from(cursor, "base64url").toString();
  const entries = new Map<string, Blob | null>();
  for (const blob of store.list(prefix)) {
    const slash = mode === "folded" ? blob.pathname.indexOf("/", prefix.length) : -1;
    const key = slash === -1 ? blob.pathname : blob.pathname.slice(0, slash + 1);
    if (key > after) entries.set(key, slash === -1 ? blob : null);
  }
  const page = [...entries].slice(0, limit);
  const hasMore = entries.size > page.length;
  return {
    blobs: page.flatMap(([, blob]) => (blob ? [toBlobResponse(origin, blob)] : [])),
    ...(mode === "folded" ? { folders: page.flatMap(([key, blob]) => (blob ? [] : [key])) } : {}),
    hasMore,
    ...(hasMore ? { cursor: Buffer.from(page.at(-1)?.[0] ?? "").toString("base64url") } : {}),
  };
}

/** Deletes blobs; one that does not exist is no error. */
async function removeBlobs({ store }: BlobContext, request: IncomingMessage) {
  const body = await readBoundedBody(request, MAX_JSON_BYTES);
  const { urls } = parseOrThrow(deletionSchema, parseJson(body.toString()));
  const expectedEtag = request.headers["x-if-match"];
  for (const url of urls) {
    await store.remove(toPathname(url), (current) => {
      if (expectedEtag !== undefined && current?.etag !== expectedEtag) throw etagMismatchError();
    });
  }
  return {};
}

function toBlobResponse(origin: string, blob: Blob) {
  const url = contentUrl(origin, blob.pathname);
  return { ...blob, url, downloadUrl: `${url}?download=1` };
}

function withRandomSuffix(pathname: string): string {
  return pathname.replace(/(\.[^./]+)?$/, (extension) => `-${randomBytes(15).toString("hex")}${extension}`);
}

async function readBoundedBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  try {
    return await readBody(request, limitBytes);
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) throw error;
    throw new BlobApiError(
      "file_too_large",
      `the file length cannot be greater than ${String(limitBytes)} bytes`,
    );
  }
}

function parseOrThrow<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const names = result.error.issues.map((issue) => issue.path.join("."));
  throw new BlobApiError("bad_request", `Invalid ${names.join(", ")}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BlobApiError("bad_request", "The body is not JSON");
  }
}

const etagMismatchError = () =>
  new BlobApiError("precondition_failed", "Precondition failed: ETag mismatch.");
