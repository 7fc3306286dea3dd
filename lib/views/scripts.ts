import { defineScript } from "../redis/define-script";

/**
 * Scripts of the view counter.
 *
 * `post:{id}:meta` has the fields `author` (seq), `persisted` (Post.views), `version` (Post.viewsVersion) and
 * `waiting` (views in Redis beyond that: pending and claimed ones). The published count is persisted + waiting, so
 * a read is one command, and a claim, which only moves views from pending to a batch, does not change the count.
 * `waiting` mirrors `SCARD post:{id}:views:pending` plus the post's entry in `views:claims`; a new meta computes it
 * from them.
 *
 * At most one batch at a time has views of a post. So `Post.viewsBatch`, the last batch that Postgres has, shows
 * whether the claimed views are already in `Post.views`, and no interleaving of syncs and readers makes a count dip
 * or counts a view twice.
 *
 * Each new version restarts the meta's TTL: an expired meta is older than any row that a slow reader may still
 * bring, so a late reader cannot set the count back.
 */

/**
 * Records views of any number of posts and returns their counts; without viewers it only reads.
 *
 * KEYS  1 dirty posts, 2 claims, then for each post: meta, viewers, pending
 * ARGV  1 now (ms), 2 TTL of meta (s), 3 TTL of viewers (s), then for each post:
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
local at = 4
local function take() at = at + 1; return ARGV[at - 1] end
local function takeList()
  local list = {}
  for i = 1, tonumber(take()) do list[i] = take() end
  return list
end

-- Gives a new set of viewers its TTL and adds the pending viewers, who would count as new again after the old
-- set has expired. Returns the fresh viewers that are not pending.
local function initViewers(viewers, pending, waiting, fresh)
  if redis.call('EXPIRE', viewers, ARGV[3], 'NX') == 0 or tonumber(waiting) == 0 then return fresh end
  local new = {}
  if #fresh > 0 then
    local unsynced = redis.call('SMISMEMBER', pending, unpack(fresh))
    for i, viewer in ipairs(fresh) do
      if unsynced[i] == 0 then new[#new + 1] = viewer end
    end
  end
  redis.call('SUNIONSTORE', viewers, viewers, pending)
  redis.call('EXPIRE', viewers, ARGV[3])
  return new
end

local reply, dirty = {0}, {}
local function markDirty(id)
  dirty[#dirty + 1] = ARGV[1]
  dirty[#dirty + 1] = id
end
for post = 1, (#KEYS - 2) / 3 do
  local meta, viewers, pending = KEYS[post * 3], KEYS[post * 3 + 1], KEYS[post * 3 + 2]
  local id, row = take(), nil
  if take() == '1' then row = {take(), take(), take(), take()} end
  local persistedViewers, currentViewers = takeList(), takeList()

  local known = redis.call('HMGET', meta, 'author', 'persisted', 'waiting', 'version')
  local complete = known[1] and tonumber(known[2] or '') and tonumber(known[3] or '') and tonumber(known[4] or '')
  local older = complete and row and tonumber(known[4]) < tonumber(row[3])
  if older or (row and not complete and #persistedViewers == 0) then
    local waiting = redis.call('SCARD', pending)
    -- Pending views of a post that is not dirty would never be synced.
    if not complete and waiting > 0 then markDirty(id) end
    local claim = redis.call('HGET', KEYS[2], id)
    if claim then
      local batch, size = string.match(claim, '^(.*):(%d+)$')
      if batch and batch ~= row[4] then waiting = waiting + size end
    end
    redis.call('HSET', meta, 'author', row[1], 'persisted', row[2], 'version', row[3], 'waiting', waiting)
    redis.call('EXPIRE', meta, ARGV[2])
    known, complete = {row[1], row[2], waiting}, true
  end

  local duplicates = 0
  if #persistedViewers > 0 then
    redis.call('SADD', viewers, unpack(persistedViewers))
    initViewers(viewers, pending, redis.call('SCARD', pending), {})
    duplicates = redis.call('SREM', pending, unpack(persistedViewers))
    if complete and duplicates > 0 then redis.call('HINCRBY', meta, 'waiting', -duplicates) end
  end

  if not complete then
    reply[post + 1] = false
  else
    local result, candidates, positions = {tonumber(known[2]) + tonumber(known[3]) - duplicates}, {}, {}
    for i, viewer in ipairs(currentViewers) do
      result[i + 1] = 0
      if viewer == known[1] then
        result[i + 1] = -1
      else
        candidates[#candidates + 1] = viewer
        positions[viewer] = i + 1
      end
    end

    local fresh = {}
    if #candidates == 1 then
      if redis.call('SADD', viewers, candidates[1]) == 1 then fresh = candidates end
    elseif #candidates > 1 then
      for i, seen in ipairs(redis.call('SMISMEMBER', viewers, unpack(candidates))) do
        if seen == 0 then fresh[#fresh + 1] = candidates[i] end
      end
      if #fresh > 0 then redis.call('SADD', viewers, unpack(fresh)) end
    end
    if #fresh > 0 then fresh = initViewers(viewers, pending, known[3], fresh) end
    if #fresh > 0 then
      for _, viewer in ipairs(fresh) do result[positions[viewer]] = 1 end
      local added = redis.call('SADD', pending, unpack(fresh))
      redis.call('HINCRBY', meta, 'waiting', added)
      result[1] = result[1] + added
      markDirty(id)
    end
    reply[post + 1] = result
  end
end
if #dirty > 0 then reply[1] = redis.call('ZADD', KEYS[1], 'NX', unpack(dirty)) end
return reply
`,
);

/**
 * Claims views for one sync: first a batch whose lease has expired, else pending views.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims
 * ARGV  1 id for a new batch, 2 lease (ms), 3 maximum of views, 4 maximum of posts (up to 1,000), 5 key prefix of
 *       batches, 6 prefix and 7 suffix of the key of a post's pending views
 * Returns [batch id, 1 when taken over, post, viewers (`1,5,9`), post, viewers, …]; [] when nothing is pending
 * Atomic. A crash after it leaves the batch registered; another sync takes it over after its lease. Views are
 * registered before they are removed from pending: a failure half-way leaves them in both, which Postgres
 * deduplicates, and never loses them.
 */
export const claimViews = defineScript(
  "claimViews",
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

for _, batch in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 10)) do
  local contents = redis.call('HGETALL', ARGV[5] .. batch)
  if #contents > 0 then
    redis.call('ZADD', KEYS[2], now + ARGV[2], batch)
    return {batch, 1, unpack(contents)}
  end
  -- The batch was evicted and its views are lost: release its posts, which would stay claimed permanently.
  local claims = redis.call('HGETALL', KEYS[3])
  for i = 1, #claims, 2 do
    if string.match(claims[i + 1], '^(.*):') == batch then redis.call('HDEL', KEYS[3], claims[i]) end
  end
  redis.call('ZREM', KEYS[2], batch)
end

-- Posts claimed by another batch are skipped: read as many more posts as there are claims.
local maxPosts = tonumber(ARGV[4])
local posts = redis.call('ZRANGE', KEYS[1], 0, maxPosts + redis.call('HLEN', KEYS[3]) - 1)
if #posts == 0 then return {} end
local remaining, contents, claims, emptied, done, partial, registered = tonumber(ARGV[3]), {}, {}, {}, {}, nil, {}
for start = 1, #posts, 1000 do
  if remaining == 0 or #done == maxPosts then break end
  local chunk = {unpack(posts, start, math.min(start + 999, #posts))}
  local claimed = redis.call('HMGET', KEYS[3], unpack(chunk))
  for i, post in ipairs(chunk) do
    if remaining == 0 or #done == maxPosts then break end
    if claimed[i] then
      local batch = string.match(claimed[i], '^(.*):')
      if not registered[batch] then
        -- Adds only a batch that is missing from the batches; the next claim takes it over.
        redis.call('ZADD', KEYS[2], 'NX', now, batch)
        registered[batch] = true
      end
    else
      local pending = ARGV[6] .. post .. ARGV[7]
      local viewers = redis.call('SMEMBERS', pending)
      if #viewers > remaining then
        for n = #viewers, remaining + 1, -1 do viewers[n] = nil end
        partial = {pending, viewers}
      else
        done[#done + 1] = post
        emptied[#emptied + 1] = pending
      end
      if #viewers > 0 then
        remaining = remaining - #viewers
        contents[#contents + 1] = post
        contents[#contents + 1] = table.concat(viewers, ',')
        claims[#claims + 1] = post
        claims[#claims + 1] = ARGV[1] .. ':' .. #viewers
      end
    end
  end
end

if #contents > 0 then
  redis.call('HSET', ARGV[5] .. ARGV[1], unpack(contents))
  redis.call('HSET', KEYS[3], unpack(claims))
  redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
end
if #done > 0 then
  redis.call('DEL', unpack(emptied))
  redis.call('ZREM', KEYS[1], unpack(done))
end
if partial then
  for from = 1, #partial[2], 1000 do
    redis.call('SREM', partial[1], unpack(partial[2], from, math.min(from + 999, #partial[2])))
  end
end
if #contents == 0 then return {} end
return {ARGV[1], 0, unpack(contents)}
`,
);

/**
 * Deletes a batch that is in Postgres and updates the counts.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims, 4 the batch, then for each post: meta, viewers, pending
 * ARGV  1 batch id, 2 TTL of meta (s), then for each post (at least one, at most 1,000): id, and either ''
 *       (deleted meanwhile) or author, persisted, version
 * Returns 1; 0 when the batch was finished before, then nothing changes
 * Atomic. Safe to repeat.
 */
export const finishViews = defineScript(
  "finishViews",
  `
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 0 end
local at = 3
local function take() at = at + 1; return ARGV[at - 1] end
local posts = {}
for post = 1, (#KEYS - 4) / 3 do
  local meta, viewers, pending = KEYS[post * 3 + 2], KEYS[post * 3 + 3], KEYS[post * 3 + 4]
  local id, author = take(), take()
  posts[post] = id
  if author == '' then
    redis.call('DEL', meta, viewers, pending)
    redis.call('ZREM', KEYS[1], id)
  else
    local persisted, version = take(), take()
    local waiting = redis.call('SCARD', pending)
    local known = redis.call('HGET', meta, 'version')
    if known and (tonumber(known) or -1) >= tonumber(version) then
      redis.call('HSET', meta, 'waiting', waiting)
    else
      redis.call('HSET', meta, 'author', author, 'persisted', persisted, 'version', version, 'waiting', waiting)
      redis.call('EXPIRE', meta, ARGV[2])
    end
  end
end
redis.call('HDEL', KEYS[3], unpack(posts))
redis.call('DEL', KEYS[4])
return 1
`,
);

/**
 * Reads how many views are pending and claimed, for operators.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims
 * ARGV  1 maximum of posts to count, 2 prefix and 3 suffix of the key of a post's pending views
 * Returns [dirty posts, pending views, batches, claimed views]
 * Read-only.
 */
export const readViewsState = defineScript(
  "viewsState",
  `
local pending, claimed = 0, 0
for _, post in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1)) do
  pending = pending + redis.call('SCARD', ARGV[2] .. post .. ARGV[3])
end
for _, claim in ipairs(redis.call('HVALS', KEYS[3])) do
  claimed = claimed + (tonumber(string.match(claim, ':(%d+)$') or '') or 0)
end
return {redis.call('ZCARD', KEYS[1]), pending, redis.call('ZCARD', KEYS[2]), claimed}
`,
);
