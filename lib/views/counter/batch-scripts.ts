import { defineReadOnlyScript, defineScript } from "../../redis/script";

/** Scripts of a sync: they find and claim batches of views (count-script.ts says what the keys hold). */

const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * Finds what a sync can do: batches whose lease has expired or, if there is none, sealed views and dirty posts of posts
 * that no batch has claimed.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims, 4 sealed views
 * ARGV  1 maximum of posts (up to 1,000), 2 maximum of sealed views to look at (up to 1,000)
 * Returns {{batch, …}, {sealed views, …}, {post, …}}, those first that wait longest
 * Atomic. Safe to repeat. Registers batches that have claims and are missing from the batches.
 */
export const findViewsToSync = defineScript(
  "findViewsToSync",
  `${CLOCK}
local expired = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 10)
if #expired > 0 then return {expired, {}, {}} end

local registered = {}
-- Adds only a batch that is missing from the batches; the next sync takes it over.
local function register(batch)
  if not registered[batch] then redis.call('ZADD', KEYS[2], 'NX', now, batch) end
  registered[batch] = true
end
local claimedPosts = redis.call('HLEN', KEYS[3])
-- The list of batches was lost: no view makes a claimed post dirty.
if claimedPosts > 0 and redis.call('EXISTS', KEYS[2]) == 0 then
  for _, claim in ipairs(redis.call('HVALS', KEYS[3])) do
    local batch = string.match(claim, '^(.*):')
    if batch then register(batch) end
  end
end

-- The items whose post no batch has claimed.
local function withoutClaimed(items, posts)
  local unclaimed = {}
  if #posts == 0 then return unclaimed end
  for i, claim in ipairs(redis.call('HMGET', KEYS[3], unpack(posts))) do
    local batch = claim and string.match(claim, '^(.*):')
    if not batch then
      unclaimed[#unclaimed + 1] = items[i]
    else
      register(batch)
    end
  end
  return unclaimed
end

local function findSealed(first, last)
  local sealed, sealedPosts = redis.call('ZRANGE', KEYS[4], first, last), {}
  for i, views in ipairs(sealed) do sealedPosts[i] = string.match(views, '^([^:]*):') or views end
  return withoutClaimed(sealed, sealedPosts), #sealed
end
-- A batch has room for few, so that more are looked at only behind those of claimed posts.
local sealed, looked = findSealed(0, 9)
if #sealed == 0 and looked == 10 then sealed = findSealed(10, ARGV[2] - 1) end

-- Posts claimed by a batch are skipped: read as many more posts as there are claims.
local maxPosts = tonumber(ARGV[1])
local posts = redis.call('ZRANGE', KEYS[1], 0, maxPosts + claimedPosts - 1)
local dirty = {}
for start = 1, #posts, 1000 do
  local chunk = {unpack(posts, start, math.min(start + 999, #posts))}
  for _, post in ipairs(withoutClaimed(chunk, chunk)) do
    if #dirty < maxPosts then dirty[#dirty + 1] = post end
  end
  if #dirty == maxPosts then break end
end
return {expired, sealed, dirty}
`,
);

/**
 * Takes over a batch whose lease has expired.
 *
 * KEYS  1 batches, 2 claims, 3 the batch, 4 dirty posts
 * ARGV  1 batch id, 2 lease (ms)
 * Returns {post, viewers (`1,5,9`), post, viewers, …}; {} when another sync has it, or when its views are lost
 * Atomic. Not safe to repeat: the second call finds the first one's lease.
 */
export const takeOverViews = defineScript(
  "takeOverViews",
  `${CLOCK}
local deadline = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '')
if not deadline or deadline > now then return {} end
local contents = redis.call('HGETALL', KEYS[3])
if #contents > 0 then
  redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
  return contents
end
-- The batch was evicted and its views are lost: release its posts, which would stay claimed permanently. They may have
-- pending views.
local claims = redis.call('HGETALL', KEYS[2])
for i = 1, #claims, 2 do
  if string.match(claims[i + 1], '^(.*):') == ARGV[1] then
    redis.call('HDEL', KEYS[2], claims[i])
    redis.call('ZADD', KEYS[4], 'NX', now, claims[i])
  end
end
redis.call('ZREM', KEYS[1], ARGV[1])
return {}
`,
);

/** The deadline of a batch, and whether the call adds to one that an earlier call began. */
const BATCH_DEADLINE = `${CLOCK}
local deadline, extends = ARGV[3], ARGV[3] ~= ''
if not extends then deadline = string.format('%.0f', now + ARGV[2]) end
`;

/**
 * Claims one set of sealed views for a batch.
 *
 * KEYS  1 sealed views, 2 batches, 3 claims, 4 the batch, 5 sealed counts, 6 the sealed viewers
 * ARGV  1 batch id, 2 lease (ms), 3 deadline of the batch as the first call returned it ('' in the first call),
 *       4 member of the sealed views, 5 post, 6 size
 * Returns and guarantees the same as claimViews
 */
export const claimSealedViews = defineScript(
  "claimSealedViews",
  `${BATCH_DEADLINE}
if extends and redis.call('ZSCORE', KEYS[2], ARGV[1]) ~= deadline then return {} end
local owner, claimed = string.match(redis.call('HGET', KEYS[3], ARGV[5]) or '', '^(.*):(%d+)$')
if owner and owner ~= ARGV[1] then return {deadline, 0} end

local viewers = redis.call('SMEMBERS', KEYS[6])
local text = table.concat(viewers, ',')
if #viewers > 0 then
  local before = redis.call('HGET', KEYS[4], ARGV[5])
  redis.call('HSET', KEYS[4], ARGV[5], (before and before .. ',' or '') .. text)
  redis.call('HSET', KEYS[3], ARGV[5], ARGV[1] .. ':' .. (#viewers + (claimed or 0)))
  if not extends then redis.call('ZADD', KEYS[2], deadline, ARGV[1]) end
  redis.call('DEL', KEYS[6])
end
if redis.call('ZREM', KEYS[1], ARGV[4]) == 1 then
  local left = (tonumber(redis.call('HGET', KEYS[5], ARGV[5]) or '') or 0) - (tonumber(ARGV[6]) or 0)
  if left > 0 then redis.call('HSET', KEYS[5], ARGV[5], left) else redis.call('HDEL', KEYS[5], ARGV[5]) end
end
if #viewers == 0 then return {deadline, 0} end
return {deadline, 0, ARGV[5], text}
`,
);

/**
 * Claims pending views for a batch, a bounded number whatever is pending. A batch is filled by several calls, each of
 * which occupies Redis for a short time.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims, 4 the batch, then the pending views of each post
 * ARGV  1 batch id, 2 lease (ms), 3 deadline of the batch as the first call returned it ('' in the first call),
 *       4 maximum of views (up to 1,000), then the posts
 * Returns {deadline (ms), how many posts were processed, post, viewers (`1,5,9`), post, viewers, …}; the next post may
 *         have more views; {} when the batch has another deadline, because another sync took it over
 * Atomic. Not safe to repeat: it claims more views. A crash after it leaves the batch registered; another sync takes it
 * over after its lease. Views are registered before they are removed from pending: a failure half-way leaves them in
 * both, which Postgres deduplicates, and never loses them.
 */
export const claimViews = defineScript(
  "claimViews",
  `${BATCH_DEADLINE}
if extends and redis.call('ZSCORE', KEYS[2], ARGV[1]) ~= deadline then return {} end

local posts = {unpack(ARGV, 5)}
local claims = redis.call('HMGET', KEYS[3], unpack(posts))
local remaining, processed, contents, registered = tonumber(ARGV[4]), 0, {}, {}
local emptied, done, partial = {}, {}, nil
for i, post in ipairs(posts) do
  if remaining == 0 then break end
  local owner, size = string.match(claims[i] or '', '^(.*):(%d+)$')
  if not owner or owner == ARGV[1] then
    local pending = KEYS[4 + i]
    local waiting, viewers = redis.call('SCARD', pending), nil
    -- Only an earlier version left more than are sealed together.
    if waiting > 5000 then
      viewers = redis.call('SRANDMEMBER', pending, remaining)
    else
      viewers = redis.call('SMEMBERS', pending)
      for n = #viewers, remaining + 1, -1 do viewers[n] = nil end
    end
    if waiting > remaining then
      partial = {pending, viewers, post}
    else
      emptied[#emptied + 1] = pending
      done[#done + 1] = post
    end
    if #viewers > 0 then
      remaining = remaining - #viewers
      local text = table.concat(viewers, ',')
      contents[#contents + 1] = post
      contents[#contents + 1] = text
      registered[#registered + 1] = post
      registered[#registered + 1] = ARGV[1] .. ':' .. (#viewers + (size or 0))
    end
  end
  if not partial then processed = i end
end

if #contents > 0 then
  local stored = contents
  if extends then
    stored = {}
    for i = 1, #contents, 2 do
      local before = redis.call('HGET', KEYS[4], contents[i])
      stored[i], stored[i + 1] = contents[i], (before and before .. ',' or '') .. contents[i + 1]
    end
  else
    redis.call('ZADD', KEYS[2], deadline, ARGV[1])
  end
  redis.call('HSET', KEYS[4], unpack(stored))
  redis.call('HSET', KEYS[3], unpack(registered))
end
if #done > 0 then
  redis.call('DEL', unpack(emptied))
  redis.call('ZREM', KEYS[1], unpack(done))
end
if partial then
  redis.call('SREM', partial[1], unpack(partial[2]))
  -- To the end of the queue, so that a post with very many views does not hold up the others.
  redis.call('ZADD', KEYS[1], 'XX', now, partial[3])
end
return {deadline, processed, unpack(contents)}
`,
);

/**
 * Reads how many posts are dirty and how many views are sealed and claimed, for operators.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims, 4 sealed counts
 * ARGV  1 maximum of posts to list
 * Returns [dirty posts, batches, claimed views, sealed views, post, …]
 * Read-only.
 */
export const readViewsState = defineReadOnlyScript(
  "viewsState",
  `
-- A foreign value counts as missing, and one that is no number of views would be no number of a reply.
local function sizeOf(text) return text and #text < 13 and tonumber(text) or 0 end
local claimed = 0
for _, claim in ipairs(redis.call('HVALS', KEYS[3])) do
  claimed = claimed + sizeOf(string.match(claim, ':(%d+)$'))
end
local sealed = 0
for _, size in ipairs(redis.call('HVALS', KEYS[4])) do sealed = sealed + sizeOf(string.match(size, '^%d+$')) end
local posts, listed = redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1), {}
for _, post in ipairs(posts) do listed[post] = true end
-- A claimed post may have newer views, and is dirty again when its batch is finished.
local free = ARGV[1] - #posts
local claims = free > 0 and redis.call('HSCAN', KEYS[3], 0, 'COUNT', free)[2] or {}
for i = 1, math.min(#claims, 2 * free), 2 do
  if not listed[claims[i]] then posts[#posts + 1] = claims[i] end
end
return {redis.call('ZCARD', KEYS[1]), redis.call('ZCARD', KEYS[2]), claimed, sealed, unpack(posts)}
`,
);
