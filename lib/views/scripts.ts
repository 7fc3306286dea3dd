import { defineScript } from "../redis/define-script";

/**
 * The scripts of the views counter.
 *
 * `post:{id}:meta` holds: `author` (seq), `persisted` (Post.views), `version` (Post.viewsVersion) and
 * `waiting` (how many views Redis has beyond that: pending ones and those a running sync holds). What people
 * see is persisted + waiting, so a read is one command, and a claim, which only moves views from pending to
 * a batch, changes nothing of it. `waiting` mirrors `SCARD post:{id}:views:pending` and the post's entry in
 * `views:claims`; it is taken from there when the meta is made anew.
 *
 * A post's views are held by at most one batch at a time. So `Post.viewsBatch`, the last batch Postgres
 * took in, tells exactly whether what is claimed is already in `Post.views`, and a count neither dips
 * nor counts a view twice, whichever way syncs and readers interleave.
 *
 * The meta's TTL begins anew whenever its version moves: one that has expired was older than any row a
 * reader may still be carrying here, so a late reader cannot set the count back.
 */

/**
 * Records views of any number of posts and says how many each now has; with no viewers it only reads.
 *
 * KEYS  1 dirty posts, 2 claims, then for each post: meta, viewers, pending
 * ARGV  1 now (ms), 2 TTL of meta (s), 3 TTL of viewers (s), then for each post:
 *       post id, row (0, or 1 followed by author, persisted, version, batch),
 *       number of viewers whose views the row has already (only with a row, which then does not make a
 *       missing meta: it may be an old one), those viewers…,
 *       number of viewers who look now, those viewers…
 * Returns how many posts became dirty, then for each post: false when its meta is missing and no row was
 * given (nothing was recorded for it), else [count, then per viewer: 1 new, 0 seen before, -1 author]
 * Atomic. Safe to repeat: a viewer is new once.
 */
export const recordAndCountViews = defineScript(
  "touchViews",
  `
local at = 4
local function take() at = at + 1; return ARGV[at - 1] end
local function takeMany()
  local many = {}
  for i = 1, tonumber(take()) do many[i] = take() end
  return many
end

-- A set of viewers begins with those whose views still wait, or they would look new after the last set's
-- expiry. Answers which of the fresh ones are.
local function begun(viewers, pending, waiting, fresh)
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

local answer, dirty = {0}, {}
local function dirtied(id)
  dirty[#dirty + 1] = ARGV[1]
  dirty[#dirty + 1] = id
end
for post = 1, (#KEYS - 2) / 3 do
  local meta, viewers, pending = KEYS[post * 3], KEYS[post * 3 + 1], KEYS[post * 3 + 2]
  local id, row = take(), nil
  if take() == '1' then row = {take(), take(), take(), take()} end
  local stored, asked = takeMany(), takeMany()

  local known = redis.call('HMGET', meta, 'author', 'persisted', 'waiting', 'version')
  local complete = known[1] and known[2] and known[3] and known[4]
  local older = complete and row and tonumber(known[4]) < tonumber(row[3])
  if older or (row and not complete and #stored == 0) then
    local waiting = redis.call('SCARD', pending)
    -- Pending views of a post that is not dirty would never be synced.
    if not complete and waiting > 0 then dirtied(id) end
    local claim = redis.call('HGET', KEYS[2], id)
    if claim then
      local holder, size = string.match(claim, '^(.*):(%d+)$')
      if holder ~= row[4] then waiting = waiting + size end
    end
    redis.call('HSET', meta, 'author', row[1], 'persisted', row[2], 'version', row[3], 'waiting', waiting)
    redis.call('EXPIRE', meta, ARGV[2])
    known, complete = {row[1], row[2], waiting}, true
  end

  local twice = 0
  if #stored > 0 then
    redis.call('SADD', viewers, unpack(stored))
    begun(viewers, pending, redis.call('SCARD', pending), {})
    twice = redis.call('SREM', pending, unpack(stored))
    if complete and twice > 0 then redis.call('HINCRBY', meta, 'waiting', -twice) end
  end

  if not complete then
    answer[post + 1] = false
  else
    local result, others, places = {tonumber(known[2]) + tonumber(known[3]) - twice}, {}, {}
    for i, viewer in ipairs(asked) do
      result[i + 1] = 0
      if viewer == known[1] then
        result[i + 1] = -1
      else
        others[#others + 1] = viewer
        places[viewer] = i + 1
      end
    end

    local fresh = {}
    if #others == 1 then
      if redis.call('SADD', viewers, others[1]) == 1 then fresh = others end
    elseif #others > 1 then
      for i, seen in ipairs(redis.call('SMISMEMBER', viewers, unpack(others))) do
        if seen == 0 then fresh[#fresh + 1] = others[i] end
      end
      if #fresh > 0 then redis.call('SADD', viewers, unpack(fresh)) end
    end
    if #fresh > 0 then fresh = begun(viewers, pending, known[3], fresh) end
    if #fresh > 0 then
      for _, viewer in ipairs(fresh) do result[places[viewer]] = 1 end
      local added = redis.call('SADD', pending, unpack(fresh))
      redis.call('HINCRBY', meta, 'waiting', added)
      result[1] = result[1] + added
      dirtied(id)
    end
    answer[post + 1] = result
  end
end
if #dirty > 0 then answer[1] = redis.call('ZADD', KEYS[1], 'NX', unpack(dirty)) end
return answer
`,
);

/**
 * Claims views for one sync: a batch whose sync died (its deadline has passed) before anything new.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims
 * ARGV  1 id for a new batch, 2 lease (ms), 3 most views, 4 most posts (up to 1,000), 5 key prefix of
 *       batches, 6 and 7 what stands before and after the post's id in the key of its pending views
 * Returns [batch id, 1 when taken over, post, viewers (`1,5,9`), post, viewers, …]; [] when nothing waits
 * Atomic. A crash after it leaves the batch registered; it is taken over after the deadline. Views are
 * registered before they are taken out of pending: what fails half-way has them twice, which Postgres
 * sorts out, and never not at all.
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
  -- Its views are lost (only an eviction does that): it must not keep its posts for ever.
  local claims = redis.call('HGETALL', KEYS[3])
  for i = 1, #claims, 2 do
    if string.match(claims[i + 1], '^(.*):') == batch then redis.call('HDEL', KEYS[3], claims[i]) end
  end
  redis.call('ZREM', KEYS[2], batch)
end

-- Posts another batch holds wait for it: look past as many of them as there are.
local most = tonumber(ARGV[4])
local posts = redis.call('ZRANGE', KEYS[1], 0, most + redis.call('HLEN', KEYS[3]) - 1)
if #posts == 0 then return {} end
local left, held, claims, emptied, done, cut, registered = tonumber(ARGV[3]), {}, {}, {}, {}, nil, {}
for start = 1, #posts, 1000 do
  if left == 0 or #done == most then break end
  local chunk = {unpack(posts, start, math.min(start + 999, #posts))}
  local claimed = redis.call('HMGET', KEYS[3], unpack(chunk))
  for i, post in ipairs(chunk) do
    if left == 0 or #done == most then break end
    if claimed[i] then
      local holder = string.match(claimed[i], '^(.*):')
      if not registered[holder] then
        -- Adds only a holder that nobody would finish; the next claim takes it over.
        redis.call('ZADD', KEYS[2], 'NX', now, holder)
        registered[holder] = true
      end
    else
      local pending = ARGV[6] .. post .. ARGV[7]
      local viewers = redis.call('SMEMBERS', pending)
      if #viewers > left then
        for n = #viewers, left + 1, -1 do viewers[n] = nil end
        cut = {pending, viewers}
      else
        done[#done + 1] = post
        emptied[#emptied + 1] = pending
      end
      if #viewers > 0 then
        left = left - #viewers
        held[#held + 1] = post
        held[#held + 1] = table.concat(viewers, ',')
        claims[#claims + 1] = post
        claims[#claims + 1] = ARGV[1] .. ':' .. #viewers
      end
    end
  end
end

if #held > 0 then
  redis.call('HSET', ARGV[5] .. ARGV[1], unpack(held))
  redis.call('HSET', KEYS[3], unpack(claims))
  redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
end
if #done > 0 then
  redis.call('DEL', unpack(emptied))
  redis.call('ZREM', KEYS[1], unpack(done))
end
if cut then
  for from = 1, #cut[2], 1000 do
    redis.call('SREM', cut[1], unpack(cut[2], from, math.min(from + 999, #cut[2])))
  end
end
if #held == 0 then return {} end
return {ARGV[1], 0, unpack(held)}
`,
);

/**
 * Drops a batch that Postgres has, and moves the counts over in the same moment.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims, 4 the batch, then for each post: meta, viewers, pending
 * ARGV  1 batch id, 2 TTL of meta (s), then for each post (at least one, at most 1,000): id, and either ''
 *       (deleted meanwhile) or author, persisted, version
 * Returns 1; 0 when the batch was dropped before, then nothing changes
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
    if known and tonumber(known) >= tonumber(version) then
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
 * What waits and what is being synced, for operators.
 *
 * KEYS  1 dirty posts, 2 batches, 3 claims
 * ARGV  1 most posts to look at, 2 and 3 what stands before and after the post's id in its pending key
 * Returns [dirty posts, pending views, batches, claimed views]
 */
export const readViewsState = defineScript(
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
