import { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { cacheManager, namespaces } from "../cache";
import type { Caller } from "../core/access-token";
import { requireRole, type SignedInCaller } from "../core/permission";
import { isStorable } from "../core/text";
import { reasonBodySchema } from "../schemas/reason";
import { requireOperator } from "./require-operator";
import { OVERVIEW_RANGES, readCacheLookups } from "./traffic";

export const cachesQuerySchema = z.object({ range: z.enum(OVERVIEW_RANGES).default("hour") });

export const cachesSchema = z.object({
  items: z.array(
    z.object({
      namespace: z.string(),
      ttlSeconds: z.number(),
      /** For so long after its TTL a value is served while it is loaded again. */
      swrSeconds: z.number(),
      /** Over the range, of all instances. */
      lookups: z.int(),
      hits: z.int(),
    }),
  ),
});

export type Caches = z.infer<typeof cachesSchema>;

/**
 * The namespaces of the cache with their lifetimes and hits, for administrators.
 * @throws {AppError} forbidden for other callers
 */
export async function listCaches(
  caller: Pick<Caller, "role">,
  { range }: z.output<typeof cachesQuerySchema>,
): Promise<Caches> {
  requireRole(caller, "admin");
  const lookups = new Map((await readCacheLookups(range)).map((row) => [row.namespace, row]));
  const items = Object.entries(namespaces).map(([namespace, { ttlSeconds, swrSeconds }]) => ({
    ...{ namespace, ttlSeconds, swrSeconds },
    lookups: lookups.get(namespace)?.lookups ?? 0,
    hits: lookups.get(namespace)?.hits ?? 0,
  }));
  return { items: items.sort((a, b) => b.lookups - a.lookups) };
}

/** As `checkTags` of lib/cache has it. */
const tagSchema = z.string().trim().min(1).max(170).refine(isStorable);

export const invalidateTagSchema = reasonBodySchema.extend({ tag: tagSchema });
export const clearCacheSchema = reasonBodySchema.extend({ namespace: z.string().min(1).max(40).optional() });

/**
 * Removes all entries with a tag from the cache: here at once, on other instances within a second. Without Redis the
 * invalidation waits in Postgres.
 *
 * @throws {AppError} forbidden; fresh_sign_in_required
 */
export async function invalidateCacheTag(
  caller: SignedInCaller,
  tag: string,
  auditContext: AuditContext,
): Promise<void> {
  requireOperator(caller);
  // A tag may name a person by the handle: only its kind goes into the log, which commits with the invalidation.
  await cacheManager.withInvalidation([tag], (tx) =>
    recordAudit(tx, {
      action: "cache_tag_invalidated",
      actorId: caller.userId,
      subject: "app",
      ...auditContext,
      data: { kind: tag.split(":", 1)[0] ?? "" },
    }),
  );
}
