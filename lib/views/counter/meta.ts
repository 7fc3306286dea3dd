/**
 * `post:{id}:meta` is all that Redis knows of a post's count, in one string: `author:persisted:version:waiting:markedAt`.
 * That is the author's seq, `Post.views`, `Post.viewsVersion`, how many views are in Redis beyond those (pending, sealed
 * and claimed ones), and when the post was last added to the dirty posts (ms).
 *
 * The published count is persisted + waiting, so one MGET reads those of a page, and a claim, which only moves views to a
 * batch, does not change it. `waiting` mirrors `SCARD post:{id}:views:pending` plus the post's entries in
 * `views:sealed:counts` and `views:claims`; a new meta computes it from them. While views wait, a meta may be without a
 * TTL; the end of their sync sets it.
 */

/**
 * Views that wait for longer than this have not been synced: a reader then recomputes the meta and adds the post to the
 * dirty posts again. It is far longer than the time between two syncs.
 */
export const REPAIR_AFTER_MS = 3_600_000;

/** For scripts: `parseMeta(text)`, nil for anything else, and `formatMeta(meta)`. */
export const META_FUNCTIONS = `
local function parseMeta(text)
  if not text or #text > 80 then return nil end
  local author, persisted, version, waiting, markedAt = string.match(text, '^(%d+):(%d+):(%d+):(%d+):(%d+)$')
  if not author then return nil end
  return {author = author, persisted = tonumber(persisted), version = tonumber(version),
    waiting = tonumber(waiting), markedAt = tonumber(markedAt)}
end
local function formatMeta(meta)
  return string.format('%s:%.0f:%.0f:%.0f:%.0f', meta.author, meta.persisted, meta.version, meta.waiting, meta.markedAt)
end
`;

/** What a meta says to readers. */
export interface PublishedCount {
  /** persisted + waiting */
  count: number;
  /** Of the row that the count includes. */
  version: number;
  /** When its views had waited too long (ms since the epoch); null when none wait. */
  repairAt: number | null;
  /** The text, to expect it in the next call. */
  meta: string;
}

/** Null for anything but a meta. */
export function parseMeta(text: unknown): PublishedCount | null {
  const meta = String(text);
  const match = /^\d{1,15}:(\d{1,15}):(\d{1,15}):(\d{1,15}):(\d{1,15})$/.exec(meta);
  if (!match) return null;
  const [persisted = 0, version = 0, waiting = 0, markedAt = 0] = match.slice(1).map(Number);
  return {
    count: persisted + waiting,
    version,
    repairAt: waiting > 0 ? markedAt + REPAIR_AFTER_MS : null,
    meta,
  };
}
