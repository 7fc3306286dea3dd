import { defineScript } from "../../redis/script";
import { META_FUNCTIONS } from "./meta";

/** A large set of viewers is deleted when it would expire within this time. */
const RENEW_SECONDS = 600;
/** Freeing fewer members within a command is not noticed. */
const RENEW_VIEWERS = 10_000;

/**
 * Deletes a batch that is in Postgres and updates the counts. Posts with pending views are dirty afterwards. Sets of
 * viewers without a TTL, which began while views waited, get one; a large one is deleted before it expires, because Redis
 * would free it within a command.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims, 4 the batch, 5 sealed counts, then for each post: meta, viewers, pending
 * ARGV  1 batch id, 2 TTL of meta (s), 3 TTL of viewers (s), 4 now (ms), then for each post (at least one, at most
 *       1,000): id, and either '' (deleted meanwhile) or author, persisted, version
 * Returns 1; 0 when the batch was finished before, then nothing changes
 * Atomic. Safe to repeat.
 */
export const finishViews = defineScript(
  "finishViews",
  `${META_FUNCTIONS}
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 0 end
local at = 5
local function take() at = at + 1; return ARGV[at - 1] end

local function renewViewers(viewers, count)
  if redis.call('EXPIRE', viewers, ARGV[3], 'NX') == 1 or count < ${RENEW_VIEWERS} then return end
  local ttl = redis.call('TTL', viewers)
  if ttl >= 0 and ttl < ${RENEW_SECONDS} and redis.call('SCARD', viewers) >= ${RENEW_VIEWERS} then
    redis.call('UNLINK', viewers)
  end
end

local metaKeys, posts, dirty = {}, {}, {}
local hasSealed = redis.call('EXISTS', KEYS[5]) == 1
for key = 6, #KEYS, 3 do metaKeys[#metaKeys + 1] = KEYS[key] end
local texts = redis.call('MGET', unpack(metaKeys))
for post, metaKey in ipairs(metaKeys) do
  local viewers, pending = KEYS[post * 3 + 4], KEYS[post * 3 + 5]
  local id, author = take(), take()
  posts[post] = id
  if author == '' then
    redis.call('UNLINK', metaKey, viewers, pending)
    redis.call('ZREM', KEYS[1], id)
  else
    local row = {author = author, persisted = tonumber(take()), version = tonumber(take())}
    local known = parseMeta(texts[post])
    local meta = known and known.version >= row.version and known or row
    meta.waiting, meta.markedAt = redis.call('SCARD', pending), 0
    if meta.waiting > 0 then
      meta.markedAt = tonumber(ARGV[4])
      dirty[#dirty + 1] = ARGV[4]
      dirty[#dirty + 1] = id
    end
    if hasSealed then meta.waiting = meta.waiting + (tonumber(redis.call('HGET', KEYS[5], id) or '') or 0) end
    redis.call('SET', metaKey, formatMeta(meta), 'EX', ARGV[2])
    renewViewers(viewers, meta.persisted + meta.waiting)
  end
end
if #dirty > 0 then redis.call('ZADD', KEYS[1], 'NX', unpack(dirty)) end
redis.call('HDEL', KEYS[3], unpack(posts))
redis.call('DEL', KEYS[4])
return 1
`,
);
