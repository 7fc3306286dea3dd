import { defineScript } from "../script";

/**
 * The scripts of the views counter.
 *
 * `post:{id}:meta` holds: `author` (seq), `persisted` (Post.views), `version` (Post.viewsVersion),
 * `pending` and `claimed` (how many views wait, and how many a running sync holds). What people see is
 * persisted + pending + claimed. The two counts mirror `SCARD post:{id}:views:pending` and the post's
 * entry in `views:claims`, so a read is one command; they are taken from there when the meta is made anew.
 *
 * A post's views are held by at most one batch at a time. So `Post.viewsBatch`, the last batch Postgres
 * took in, tells exactly whether what is claimed is already in `Post.views`, and a count neither dips
 * nor counts a view twice, whichever way syncs and readers interleave.
 */

/** Shared by the scripts below: brings the meta up to a row of Postgres, unless it is newer already. */
const SETTLE = `
local function settle(metaKey, pendingKey, claimsKey, post, author, persisted, version, batch, ttl)
  local known = redis.call('HGET', metaKey, 'version')
  if known and tonumber(known) >= tonumber(version) then return end
  local claim = redis.call('HGET', claimsKey, post)
  local claimed = 0
  if claim then
    local holder, size = string.match(claim, '^(.*):(%d+)$')
    if holder ~= batch then claimed = size end
  end
  redis.call('HSET', metaKey, 'author', author, 'persisted', persisted, 'version', version,
    'pending', redis.call('SCARD', pendingKey), 'claimed', claimed)
  redis.call('EXPIRE', metaKey, ttl)
end
`;

/**
 * Records views of any number of posts and says how many each now has; with no viewers it only reads.
 *
 * KEYS  1 dirty posts, 2 claims, then for each post: meta, viewers, pending
 * ARGV  1 now (ms), 2 TTL of meta (s), 3 TTL of viewers (s), then for each post:
 *       post id, row (0, or 1 followed by author, persisted, version, batch), number of viewers, viewers…
 * Returns for each post: false when its meta is missing and no row was given (nothing was recorded for
 * it), else [count, 1 when this made the post dirty, then per viewer: 1 new, 0 seen before, -1 author]
 * Atomic. Safe to repeat: a viewer is new once.
 */
export const touchViews = defineScript(
  "touchViews",
  `${SETTLE}
local at = 4
local function take() at = at + 1; return ARGV[at - 1] end
local answer = {}
for post = 1, (#KEYS - 2) / 3 do
  local meta, viewers, pending = KEYS[post * 3], KEYS[post * 3 + 1], KEYS[post * 3 + 2]
  local id, row = take(), nil
  if take() == '1' then row = {take(), take(), take(), take()} end
  local known = redis.call('HMGET', meta, 'author', 'persisted', 'pending', 'claimed', 'version')
  if row and (not known[5] or tonumber(known[5]) < tonumber(row[3])) then
    settle(meta, pending, KEYS[2], id, row[1], row[2], row[3], row[4], ARGV[2])
    known = redis.call('HMGET', meta, 'author', 'persisted', 'pending', 'claimed')
  end
  local result, asked, fresh = {0, 0}, {}, {}
  for i = 1, tonumber(take()) do
    asked[i] = take()
    result[i + 2] = 0
  end
  if known[1] and #asked > 0 then
    local seen = redis.call('SMISMEMBER', viewers, unpack(asked))
    for i, viewer in ipairs(asked) do
      if viewer == known[1] then
        result[i + 2] = -1
      elseif seen[i] == 0 then
        result[i + 2] = 1
        fresh[#fresh + 1] = viewer
      end
    end
    if #fresh > 0 then redis.call('SADD', viewers, unpack(fresh)) end
  end
  if not known[1] then
    answer[post] = false
  else
    local count = tonumber(known[2]) + tonumber(known[3]) + tonumber(known[4])
    if #fresh > 0 then
      if redis.call('TTL', viewers) < 0 then redis.call('EXPIRE', viewers, ARGV[3]) end
      local added = redis.call('SADD', pending, unpack(fresh))
      if added > 0 then redis.call('HINCRBY', meta, 'pending', added) end
      result[2] = redis.call('ZADD', KEYS[1], 'NX', ARGV[1], id)
      count = count + added
    end
    result[1] = count
    answer[post] = result
  end
end
return answer
`,
);

/**
 * Claims views for one sync: a batch whose sync died (its deadline has passed) before anything new.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims
 * ARGV  1 id for a new batch, 2 lease (ms), 3 most views, 4 most posts, 5 key prefix of batches,
 *       6 and 7 what stands before and after the post's id in the key of its pending views, 8 same for meta's end
 * Returns [batch id, 1 when taken over, post, viewers (\`1,5,9\`), post, viewers, …]; [] when nothing waits
 * Atomic. A crash after it leaves the batch registered; it is taken over after the deadline.
 */
export const claimViews = defineScript(
  "claimViews",
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

for _, batch in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 10)) do
  local held = redis.call('HGETALL', ARGV[5] .. batch)
  if #held > 0 then
    redis.call('ZADD', KEYS[2], now + ARGV[2], batch)
    return {batch, 1, unpack(held)}
  end
  redis.call('ZREM', KEYS[2], batch)
end

-- Posts another batch holds wait for it: look past as many of them as there are.
local most = tonumber(ARGV[4])
local posts = redis.call('ZRANGE', KEYS[1], 0, most + redis.call('HLEN', KEYS[3]) - 1)
if #posts == 0 then return {} end
local left, answer, held, claims, done = tonumber(ARGV[3]), {ARGV[1], 0}, {}, {}, {}
for start = 1, #posts, 1000 do
  local chunk = {unpack(posts, start, math.min(start + 999, #posts))}
  local claimed = redis.call('HMGET', KEYS[3], unpack(chunk))
  for i, post in ipairs(chunk) do
    if left > 0 and #held < most * 2 and not claimed[i] then
      local pending = ARGV[6] .. post .. ARGV[7]
      local viewers = redis.call('SMEMBERS', pending)
      local rest = #viewers - left
      if rest > 0 then
        for i = #viewers, left + 1, -1 do viewers[i] = nil end
        for from = 1, left, 1000 do
          redis.call('SREM', pending, unpack(viewers, from, math.min(from + 999, left)))
        end
      else
        rest = 0
        redis.call('DEL', pending)
      end
      if rest == 0 then done[#done + 1] = post end
      if #viewers > 0 then
        left = left - #viewers
        held[#held + 1] = post
        held[#held + 1] = table.concat(viewers, ',')
        claims[#claims + 1] = post
        claims[#claims + 1] = ARGV[1] .. ':' .. #viewers
        local meta = ARGV[6] .. post .. ARGV[8]
        if redis.call('EXISTS', meta) == 1 then
          redis.call('HSET', meta, 'pending', rest, 'claimed', #viewers)
        end
      end
    end
  end
end
if #done > 0 then redis.call('ZREM', KEYS[1], unpack(done)) end
if #held == 0 then return {} end
redis.call('HSET', ARGV[5] .. ARGV[1], unpack(held))
redis.call('HSET', KEYS[3], unpack(claims))
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
for i = 1, #held do answer[i + 2] = held[i] end
return answer
`,
);

/**
 * Drops a batch that Postgres has, and moves the counts over in the same moment.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims, 4 the batch, then for each post: meta, viewers, pending
 * ARGV  1 batch id, 2 TTL of meta (s), then for each post: id, and either '' (deleted meanwhile) or
 *       author, persisted, version, batch
 * Returns 1; 0 when the batch was dropped before, then nothing changes
 * Atomic. Safe to repeat.
 */
export const finishViews = defineScript(
  "finishViews",
  `${SETTLE}
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
local at = 3
local function take() at = at + 1; return ARGV[at - 1] end
for post = 1, (#KEYS - 4) / 3 do
  local meta, viewers, pending = KEYS[post * 3 + 2], KEYS[post * 3 + 3], KEYS[post * 3 + 4]
  local id, author = take(), take()
  redis.call('HDEL', KEYS[3], id)
  if author == '' then
    redis.call('DEL', meta, viewers, pending)
    redis.call('ZREM', KEYS[1], id)
  else
    local persisted, version, batch = take(), take(), take()
    settle(meta, pending, KEYS[3], id, author, persisted, version, batch, ARGV[2])
    redis.call('HSET', meta, 'claimed', 0)
  end
end
redis.call('DEL', KEYS[4])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
`,
);

/**
 * What waits and what is being synced, for operators.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims
 * ARGV  1 most posts to look at, 2 and 3 what stands before and after the post's id in its pending key
 * Returns [dirty posts, pending views, batches, claimed views]
 */
export const viewsState = defineScript(
  "viewsState",
  `
local pending, claimed = 0, 0
for _, post in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1)) do
  pending = pending + redis.call('SCARD', ARGV[2] .. post .. ARGV[3])
end
for _, claim in ipairs(redis.call('HVALS', KEYS[3])) do
  claimed = claimed + tonumber(string.match(claim, ':(%d+)$'))
end
return {redis.call('ZCARD', KEYS[1]), pending, redis.call('ZCARD', KEYS[2]), claimed}
`,
);
