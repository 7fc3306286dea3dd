import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { BodyTooLargeError, bearerToken, readBody, sameSecret, sendJson } from "../http/server";
import { accessSchema, type Blob, checkPathname, contentDisposition } from "./blob";
import { contentUrl, toPathname } from "./content";
import type { BlobContext } from "./context";
import { BlobApiError, blobNotFoundError } from "./errors";

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
 *     POST /rename?pathname=&fromUrl=
 *     GET  ?url=                  head (the SDK sends GET)
 *     GET  ?prefix=&cursor=&…     list
 *     POST /delete {urls}         del
 */
export async function handleApi(
  context: BlobContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  if (!sameSecret(bearerToken(request) ?? "", context.token)) {
    throw new BlobApiError("forbidden", "Access denied, please provide a valid token for this resource.");
  }
  const query = url.searchParams;
  switch (`${request.method} ${url.pathname.replace(/^\/api\/blob\/?/, "/")}`) {
    case "PUT /":
      return sendJson(
        response,
        200,
        query.has("fromUrl")
          ? await copyBlob(context, request, query)
          : await putBlob(context, request, query),
      );
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

async function putBlob(context: BlobContext, request: IncomingMessage, query: URLSearchParams) {
  const options = parsePutHeaders(request);
  const pathname = targetPathname(query, options);
  const bytes = await readBoundedBody(request, context.limitBytes);
  return storeBlob(
    context,
    pathname,
    bytes,
    options["x-content-type"] ?? "application/octet-stream",
    options,
  );
}

async function copyBlob(context: BlobContext, request: IncomingMessage, query: URLSearchParams) {
  const options = parsePutHeaders(request);
  const source = context.store.get(toPathname(query.get("fromUrl") ?? ""));
  const bytes = source && (await context.store.read(source.pathname));
  if (!source || !bytes) throw blobNotFoundError();
  const type = options["x-content-type"] ?? source.contentType;
  return storeBlob(context, targetPathname(query, options), bytes, type, options);
}

async function storeBlob(
  { store, origin }: BlobContext,
  pathname: string,
  bytes: Buffer,
  contentType: string,
  options: z.output<typeof putHeadersSchema>,
) {
  const access = options["x-vercel-blob-access"];
  const blob: Blob = {
    ...{ pathname, access, contentType, size: bytes.length },
    contentDisposition: contentDisposition(pathname, contentType),
    cacheControl: `${access}, max-age=${options["x-cache-control-max-age"] ?? MONTH_SECONDS}`,
    uploadedAt: new Date().toISOString(),
    etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
  };
  await store.put(blob, bytes, (current) => {
    const expectedEtag = options["x-if-match"];
    if (expectedEtag !== undefined && current?.etag !== expectedEtag) throw etagMismatchError();
    if (current && options["x-allow-overwrite"] !== "1") {
      throw new BlobApiError(
        "bad_request",
        "This blob already exists, use `allowOverwrite: true` if you want to overwrite it. Or `addRandomSuffix: true` to generate a unique filename.",
      );
    }
  });
  return toBlobResponse(origin, blob);
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

function parsePutHeaders(request: IncomingMessage): z.output<typeof putHeadersSchema> {
  return parseOrThrow(putHeadersSchema, request.headers);
}

function targetPathname(query: URLSearchParams, options: z.output<typeof putHeadersSchema>): string {
  const pathname = checkPathname(query.get("pathname"));
  if (options["x-add-random-suffix"] !== "1") return pathname;
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
