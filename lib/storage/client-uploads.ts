import {
  generateClientTokenFromReadWriteToken,
  type HandleUploadBody,
  handleUpload,
} from "@vercel/blob/client";
import { z } from "zod";
import { now } from "../core/clock";
import { env } from "../core/env";
import { AppError } from "../core/errors";

/** Browsers send large files straight to the private store: a function's request body has at most 4.5 MB. */

interface UploadGrant {
  pathname: string;
  /** The upload is refused beyond it. */
  maxBytes: number;
  /** What the browser may declare; the content decides later. Wildcards as in `image/*`. */
  contentTypes: readonly string[];
  /** Path on this site that the store calls when the bytes have arrived. */
  callbackPath: string;
  /** Returned in the call. */
  callbackPayload: string;
  /** How long the token is valid. */
  validMs: number;
}

/**
 * A token with which its holder stores one blob in the private store, once, while it is valid.
 * @throws {AppError} unavailable when no store is configured
 */
export async function createUploadToken(grant: UploadGrant): Promise<string> {
  const { APP_URL } = env();
  return generateClientTokenFromReadWriteToken({
    token: requireToken(),
    pathname: grant.pathname,
    maximumSizeInBytes: grant.maxBytes,
    allowedContentTypes: [...grant.contentTypes],
    addRandomSuffix: false,
    // What was examined cannot be exchanged afterwards.
    allowOverwrite: false,
    validUntil: now() + grant.validMs,
    onUploadCompleted: {
      callbackUrl: new URL(grant.callbackPath, APP_URL).href,
      tokenPayload: grant.callbackPayload,
    },
  });
}

const callbackSchema = z.object({
  type: z.literal("blob.upload-completed"),
  payload: z.object({ blob: z.object({ pathname: z.string() }), tokenPayload: z.string() }),
});

/**
 * Reads the store's call after an upload, which it signs with the store's token.
 *
 * @param body  as received
 * @returns the pathname, and the payload of the token
 * @throws {AppError} bad_request for another body; unauthenticated for a missing or wrong signature; unavailable when
 *         no store is configured
 */
export async function readUploadCallback(
  body: string,
  request: Request,
): Promise<{ pathname: string; payload: string }> {
  const token = requireToken();
  const parsed = callbackSchema.safeParse(parseJson(body));
  if (!parsed.success) throw new AppError("bad_request", { cause: parsed.error });
  try {
    await handleUpload({
      // The signature is over the whole body, so not over what the schema has kept of it.
      body: parseJson(body) as HandleUploadBody,
      request,
      token,
      onBeforeGenerateToken: () => Promise.reject(new Error("this call does not ask for a token")),
    });
  } catch (cause) {
    throw new AppError("unauthenticated", { message: "bad_signature", cause });
  }
  const { blob, tokenPayload } = parsed.data.payload;
  return { pathname: blob.pathname, payload: tokenPayload };
}

function requireToken(): string {
  const { BLOB_READ_WRITE_TOKEN } = env();
  if (BLOB_READ_WRITE_TOKEN === undefined)
    throw new AppError("unavailable", { message: "files_not_configured" });
  return BLOB_READ_WRITE_TOKEN;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("bad_request", { message: "malformed_json", cause });
  }
}
