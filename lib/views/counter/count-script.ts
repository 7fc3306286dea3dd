import { z } from "zod";
import { defineScript, type ScriptCall } from "../../redis/script";

/**
 * Scripts of the counter of views, and of plays with keys of their own: there, a viewer is `seq:hour`, and a play is a
 * view.
 *
 * `post:{id}:meta` has the fields `author` (seq), `persisted` (Post.views), `version` (Post.viewsVersion), `waiting`
 * (views in Redis beyond that: pending, sealed and claimed ones) and `unlisted` (`1` while the set of viewers may lack
 * some whose views are pending, because it expired before they were synced). The published count is persisted + waiting,
 * so a read is one command, and a claim, which only moves views to a batch, does not change the count. `waiting` mirrors
 * `SCARD post:{id}:views:pending` plus the post's entries in `views:sealed:counts` and `views:claims`; a new meta
 * computes it from them.
 *
 * `post:{id}:count` (`count:version`) is a copy for readers: one MGET reads those of a page. A reader that finds none, or
 * one of an older version than its row, runs the script, which repairs what Redis has and writes the copy for an hour.
 * Each script that changes the count writes or deletes the copy, so it is never behind.
 *
 * A thousand pending views of one post are *sealed*: the set is renamed and queued, so that a claim takes a set of that
 * size as a whole, however many views wait. Like claimed views, sealed ones are not looked up any more: a viewer who
 * returns after the set of viewers has expired counts again until the next sync.
 *
 * At most one batch at a time has views of a post. So `Post.viewsBatch`, the last batch that Postgres has, shows
 * whether the claimed views are already in `Post.views`, and no interleaving of syncs and readers makes a count dip
 * or counts a view twice.
 *
 * Each new version restarts the meta's TTL: an expired meta is older than any row that a slow reader may still
 * bring, so a late reader cannot set the count back.
 */

/** A large set of viewers is replaced when it would expire within this time. */
const RENEW_SECONDS = 600;
/** Freeing fewer members within a command is not noticed. */
const RENEW_VIEWERS = 10_000;

/**
 * Records views of any number of posts and returns their counts; without viewers it only reads.
 *
 * KEYS  1 dirty posts, 2 claims, 3 sealed views, 4 sealed counts, then for each post: meta, viewers, pending, sealed
 *       viewers (a new key), count
 * ARGV  1 now (ms), 2 TTL of meta (s), 3 TTL of viewers (s), 4 id of the new keys, 5 views to seal, 6 TTL of a count
 *       that is only read (s), then for each post:
 *       post id, row (0, or 1 followed by author, persisted, version, batch),
 *       number of viewers whose views are in the row already (only with a row, which then does not create a
 *       missing meta: it may be an old one), those viewers…,
 *       number of viewers to record now, those viewers…
 * Returns how many posts became dirty, then for each post: false when its meta is missing and no row was
 * given (nothing was recorded for it), else [count, then per viewer: 1 new, 0 seen before, -1 author]
 * Atomic. Safe to repeat: a viewer is new once.
 */
export const recordAndCountViews = defineScript(
  "touchViews",
  `
local at = 7
local function take() at = at + 1; return ARGV[at - 1] end
local function takeList()
  local list = {}
  for i = 1, tonumber(take()) do list[i] = take() end
  return list
end

-- Starts the TTL of a new set of viewers. The set lacks the viewers of waiting views, who are then looked up among
-- the pending ones. A large set is replaced before it expires, because Redis would free it within a command.
local function startTtl(meta, viewers, waiting, fresh)
  local ttl = redis.call('TTL', viewers)
  if ttl >= 0 then
    if ttl >= ${RENEW_SECONDS} or redis.call('SCARD', viewers) < ${RENEW_VIEWERS} then return false end
    redis.call('UNLINK', viewers)
    redis.call('SADD', viewers, unpack(fresh))
  end
  redis.call('EXPIRE', viewers, ARGV[3])
  if waiting == 0 then return false end
  redis.call('HSET', meta, 'unlisted', '1')
  return true
end

local function withoutPending(pending, fresh)
  local new = {}
  for i, isPending in ipairs(redis.call('SMISMEMBER', pending, unpack(fresh))) do
    if isPending == 0 then new[#new + 1] = fresh[i] end
  end
  return new
end

local reply, dirty = {0}, {}
local function markDirty(id)
  dirty[#dirty + 1] = ARGV[1]
  dirty[#dirty + 1] = id
end
-- A much larger set than this seals was left by an earlier version; it is claimed in parts.
local function seal(id, pending, sealed)
  local size = redis.call('SCARD', pending)
  if size < tonumber(ARGV[5]) or size > 5 * tonumber(ARGV[5]) then return end
  if redis.call('RENAMENX', pending, sealed) == 0 then return end
  redis.call('ZADD', KEYS[3], ARGV[1], id .. ':' .. ARGV[4] .. ':' .. size)
  redis.call('HINCRBY', KEYS[4], id, size)
end

for post = 1, (#KEYS - 4) / 5 do
  local meta, viewers, pending, sealed, count = unpack(KEYS, post * 5, post * 5 + 4)
  local id, row = take(), nil
  if take() == '1' then row = {take(), take(), take(), take()} end
  local persistedViewers, currentViewers = takeList(), takeList()

  local known = redis.call('HMGET', meta, 'author', 'persisted', 'waiting', 'version', 'unlisted')
  local complete = known[1] and tonumber(known[2] or '') and tonumber(known[3] or '') and tonumber(known[4] or '')
  local changed = false
  local older = complete and row and tonumber(known[4]) < tonumber(row[3])
  if older or (row and not complete and #persistedViewers == 0) then
    local waiting = redis.call('SCARD', pending)
    -- Pending views of a post that is not dirty would never be synced.
    if not complete and waiting > 0 then markDirty(id) end
    waiting = waiting + (tonumber(redis.call('HGET', KEYS[4], id) or '') or 0)
    local claim = redis.call('HGET', KEYS[2], id)
    if claim then
      local batch, size = string.match(claim, '^(.*):(%d+)$')
      if batch and batch ~= row[4] then waiting = waiting + size end
    end
    local unlisted = known[5] == '1' or (not complete and waiting > 0)
    redis.call(
      'HSET', meta, 'author', row[1], 'persisted', row[2], 'version', row[3], 'waiting', waiting,
      'unlisted', unlisted and '1' or ''
    )
    redis.call('EXPIRE', meta, ARGV[2])
    known, complete, changed = {row[1], row[2], waiting, row[3], unlisted and '1'}, true, true
  end

  local duplicates = 0
  if #persistedViewers > 0 then
    redis.call('SADD', viewers, unpack(persistedViewers))
    local waiting = complete and tonumber(known[3]) or 0
    if startTtl(meta, viewers, waiting, persistedViewers) then known[5] = '1' end
    duplicates = redis.call('SREM', pending, unpack(persistedViewers))
    if complete and duplicates > 0 then redis.call('HINCRBY', meta, 'waiting', -duplicates) end
    -- Nothing is known to write the copy from.
    if not complete then redis.call('DEL', count) end
  end

  if not complete then
    reply[post + 1] = false
  else
    local result, candidates, positions = {tonumber(known[2]) + tonumber(known[3]) - duplicates}, {}, {}
    for i, viewer in ipairs(currentViewers) do
      result[i + 1] = 0
      if viewer == known[1] or string.sub(viewer, 1, #known[1] + 1) == known[1] .. ':' then
        result[i + 1] = -1
      else
        candidates[#candidates + 1] = viewer
        positions[viewer] = i + 1
      end
    end

    local fresh, mustSeal = {}, false
    if #candidates == 1 then
      if redis.call('SADD', viewers, candidates[1]) == 1 then fresh = candidates end
    elseif #candidates > 1 then
      for i, seen in ipairs(redis.call('SMISMEMBER', viewers, unpack(candidates))) do
        if seen == 0 then fresh[#fresh + 1] = candidates[i] end
      end
      if #fresh > 0 then redis.call('SADD', viewers, unpack(fresh)) end
    end
    if #fresh > 0 then
      local unlisted = startTtl(meta, viewers, tonumber(known[3]), fresh) or known[5] == '1'
      if unlisted then fresh = withoutPending(pending, fresh) end
    end
    if #fresh > 0 then
      for _, viewer in ipairs(fresh) do result[positions[viewer]] = 1 end
      local added = redis.call('SADD', pending, unpack(fresh))
      local waiting = redis.call('HINCRBY', meta, 'waiting', added)
      result[1] = result[1] + added
      markDirty(id)
      mustSeal = waiting >= tonumber(ARGV[5])
    end
    reply[post + 1] = result
    local copy = string.format('%.0f:%.0f', result[1], known[4])
    if #currentViewers == 0 and #persistedViewers == 0 then
      redis.call('SET', count, copy, 'EX', ARGV[6])
    elseif #fresh > 0 or duplicates > 0 or changed then
      redis.call('SET', count, copy, 'XX', 'KEEPTTL')
    end
    if mustSeal then seal(id, pending, sealed) end
  end
end
if #dirty > 0 then reply[1] = redis.call('ZADD', KEYS[1], 'NX', unpack(dirty)) end
return reply
`,
);

export interface CountedPost {
  /** persisted + pending + claimed */
  count: number;
  /** One per viewer: 1 new, 0 seen before, -1 the author. */
  outcomes: (1 | 0 | -1)[];
}

export interface CountUpdateResult {
  /** This call added at least one post to the dirty posts. */
  dirtied: boolean;
  /** One per post, in order; null when Redis does not have the post and no row was given. */
  posts: (CountedPost | null)[];
}

const outcomeSchema = z.union([z.literal(1), z.literal(0), z.literal(-1)]);
const countedPostSchema = z
  .tuple([z.number().int()], outcomeSchema)
  .transform(([count, ...outcomes]): CountedPost => ({ count, outcomes }));
export const replySchema = z
  .tuple([z.number().int()], countedPostSchema.nullable())
  .transform(([dirtied, ...posts]): CountUpdateResult => ({ dirtied: dirtied > 0, posts }));

/** A call of the script that is built and not sent yet; exactly one of the two functions follows it. */
export interface PreparedUpdate {
  call: ScriptCall;
  finish(result: CountUpdateResult): CountUpdateResult;
  /** The call failed. */
  restore(): void;
}
