import { createHmac } from "node:crypto";
import { z } from "zod";
import { sameSecret } from "../http/server";
import { BlobApiError } from "./errors";

const PREFIX = "vercel_blob_client_";

/** What `generateClientTokenFromReadWriteToken` of `@vercel/blob/client` puts into a token. */
const permissionSchema = z.object({
  pathname: z.string(),
  /** Milliseconds since 1970. */
  validUntil: z.number(),
  maximumSizeInBytes: z.number().optional(),
  /** `image/png`, `image/*` */
  allowedContentTypes: z.array(z.string()).optional(),
  addRandomSuffix: z.boolean().optional(),
  allowOverwrite: z.boolean().optional(),
  cacheControlMaxAge: z.number().optional(),
  ifMatch: z.string().optional(),
  onUploadCompleted: z.object({ callbackUrl: z.url(), tokenPayload: z.string().nullish() }).optional(),
});

/** What the holder of a client token may do: upload one pathname, until a time. */
export type UploadPermission = z.infer<typeof permissionSchema>;

/**
 * Checks a token that an app made for a browser, which is signed with the store's own token.
 *
 * @param storeToken  `vercel_blob_rw_<store>_<secret>`
 * @returns null when it is no client token, or its signature or store is wrong
 * @throws {BlobApiError} client_token_expired
 */
export function readClientToken(clientToken: string, storeToken: string): UploadPermission | null {
  const store = storeToken.split("_")[3] ?? "";
  if (!clientToken.startsWith(`${PREFIX}${store}_`)) return null;
  const decoded = Buffer.from(clientToken.slice(`${PREFIX}${store}_`.length), "base64").toString();
  const [signature = "", payload = ""] = decoded.split(".");
  if (!sameSecret(signature, createHmac("sha256", storeToken).update(payload).digest("hex"))) return null;
  const permission = permissionSchema.safeParse(parseJson(Buffer.from(payload, "base64").toString()));
  if (!permission.success) return null;
  if (permission.data.validUntil < Date.now()) throw new BlobApiError("forbidden", "Token expired");
  return permission.data;
}

/** @throws {BlobApiError} bad_request, with the texts that the SDK turns into its error classes */
export function checkUploadPermitted(
  permission: UploadPermission,
  { pathname, contentType }: { pathname: string; contentType: string },
): void {
  if (permission.pathname !== pathname) {
    throw new BlobApiError("bad_request", `"pathname" does not match the token payload`);
  }
  const { allowedContentTypes } = permission;
  const isAllowed = allowedContentTypes?.some(
    (allowed) =>
      allowed === contentType || (allowed.endsWith("/*") && contentType.startsWith(allowed.slice(0, -1))),
  );
  if (isAllowed === false)
    throw new BlobApiError("bad_request", `"contentType" ${contentType} is not allowed`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
