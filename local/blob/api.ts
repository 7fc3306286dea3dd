import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { BodyTooLargeError, bearerToken, readBody, sameSecret, sendJson } from "../http/server";
import { accessSchema, type Blob, checkPathname, dispositionOf } from "./blob";
import { contentUrl, pathnameOf } from "./content";
import type { BlobServer } from "./context";
import { BlobApiError, noSuchBlob } from "./errors";

const MAX_JSON_BYTES = 2_000_000;
const MAX_PAGE = 1_000;
const MONTH_SECONDS = 2_592_000;

/** Headers of what is put, as the SDK sends them. */
const putHeaders = z.object({
  "x-vercel-blob-access": accessSchema.default("public"),
  "x-content-type": z.string().max(200).optional(),
  "x-add-random-suffix": z.enum(["0", "1"]).optional(),
  "x-allow-overwrite": z.enum(["0", "1"]).optional(),
  "x-cache-control-max-age": z.coerce.number().int().nonnegative().optional(),
  "x-if-match": z.string().optional(),
});

const deletionSchema = z.object({ urls: z.array(z.string()).max(MAX_PAGE) });

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(MAX_PAGE),
  prefix: z.string().default(""),
  cursor: z.string().optional(),
  mode: z.enum(["expanded", "folded"]).default("expanded"),
});

/**
 * Answers the calls that the SDK makes, under `/api/blob`:
 *
 *     PUT  /?pathname=            put
 *     PUT  ?pathname=&fromUrl=    copy
 *     POST /rename?pathname=&fromUrl=
 *     GET  ?url=                  head (the SDK asks with GET)
 *     GET  ?prefix=&cursor=&…     list
 *     POST /delete {urls}         del
 */
export async function handleApi(
  server: BlobServer,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  if (!sameSecret(bearerToken(request) ?? "", server.token)) {
    throw new BlobApiError("forbidden", "Access denied, please provide a valid token for this resource.");
  }
  const query = url.searchParams;
  switch (`${request.method} ${url.pathname.replace(/^\/api\/blob\/?/, "/")}`) {
    case "PUT /":
      return sendJson(
        response,
        200,
        query.has("fromUrl") ? await copy(server, request, query) : await put(server, request, query),
      );
    case "POST /rename": {
      const renamed = await copy(server, request, query);
      const from = pathnameOf(query.get("fromUrl") ?? "");
      if (from !== renamed.pathname) await server.store.remove(from);
      return sendJson(response, 200, renamed);
    }
    case "GET /":
      return sendJson(response, 200, query.has("url") ? head(server, query) : list(server, query));
    case "POST /delete":
      return sendJson(response, 200, await remove(server, request));
    default:
      throw new BlobApiError("bad_request", `${request.method} ${url.pathname} is not here (local/blob)`);
  }
}

async function put(server: BlobServer, request: IncomingMessage, query: URLSearchParams) {
  const options = optionsOf(request);
  const pathname = wantedPathname(query, options);
  const bytes = await bodyOf(request, server.limitBytes);
  return keep(server, pathname, bytes, options["x-content-type"] ?? "application/octet-stream", options);
}

async function copy(server: BlobServer, request: IncomingMessage, query: URLSearchParams) {
  const options = optionsOf(request);
  const from = server.store.get(pathnameOf(query.get("fromUrl") ?? ""));
  const bytes = from && (await server.store.read(from.pathname));
  if (!from || !bytes) throw noSuchBlob();
  const type = options["x-content-type"] ?? from.contentType;
  return keep(server, wantedPathname(query, options), bytes, type, options);
}

async function keep(
  { store, origin }: BlobServer,
  pathname: string,
  bytes: Buffer,
  contentType: string,
  options: z.output<typeof putHeaders>,
) {
  const access = options["x-vercel-blob-access"];
  const blob: Blob = {
    ...{ pathname, access, contentType, size: bytes.length },
    contentDisposition: dispositionOf(pathname, contentType),
    cacheControl: `${access}, max-age=${options["x-cache-control-max-age"] ?? MONTH_SECONDS}`,
    uploadedAt: new Date().toISOString(),
    etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
  };
  await store.put(blob, bytes, (now) => {
    const wanted = options["x-if-match"];
    if (wanted !== undefined && now?.etag !== wanted) throw mismatch();
    if (now && options["x-allow-overwrite"] !== "1") {
      throw new BlobApiError(
        "bad_request",
        "This blob already exists, use `allowOverwrite: true` if you want to overwrite it. Or `addRandomSuffix: true` to generate a unique filename.",
      );
    }
  });
  return shown(origin, blob);
}

function head({ store, origin }: BlobServer, query: URLSearchParams) {
  const blob = store.get(pathnameOf(query.get("url") ?? ""));
  if (!blob) throw noSuchBlob();
  return shown(origin, blob);
}

/** A cursor is the last key of the page before, and holds whatever comes or goes meanwhile. */
function list({ store, origin }: BlobServer, query: URLSearchParams) {
  const { limit, prefix, cursor, mode } = parsed(listQuery, Object.fromEntries(query));
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
    blobs: page.flatMap(([, blob]) => (blob ? [shown(origin, blob)] : [])),
    ...(mode === "folded" ? { folders: page.flatMap(([key, blob]) => (blob ? [] : [key])) } : {}),
    hasMore,
    ...(hasMore ? { cursor: Buffer.from(page.at(-1)?.[0] ?? "").toString("base64url") } : {}),
  };
}

/** What is not there is no error: it is gone. */
async function remove({ store }: BlobServer, request: IncomingMessage) {
  const body = await bodyOf(request, MAX_JSON_BYTES);
  const { urls } = parsed(deletionSchema, asJson(body.toString()));
  const wanted = request.headers["x-if-match"];
  for (const url of urls) {
    await store.remove(pathnameOf(url), (now) => {
      if (wanted !== undefined && now?.etag !== wanted) throw mismatch();
    });
  }
  return {};
}

function shown(origin: string, blob: Blob) {
  const url = contentUrl(origin, blob.pathname);
  return { ...blob, url, downloadUrl: `${url}?download=1` };
}

function optionsOf(request: IncomingMessage): z.output<typeof putHeaders> {
  return parsed(putHeaders, request.headers);
}

function wantedPathname(query: URLSearchParams, options: z.output<typeof putHeaders>): string {
  const pathname = checkPathname(query.get("pathname"));
  if (options["x-add-random-suffix"] !== "1") return pathname;
  return pathname.replace(/(\.[^./]+)?$/, (extension) => `-${randomBytes(15).toString("hex")}${extension}`);
}

async function bodyOf(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
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

function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const names = result.error.issues.map((issue) => issue.path.join("."));
  throw new BlobApiError("bad_request", `Invalid ${names.join(", ")}`);
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BlobApiError("bad_request", "The body is not JSON");
  }
}

const mismatch = () => new BlobApiError("precondition_failed", "Precondition failed: ETag mismatch.");
