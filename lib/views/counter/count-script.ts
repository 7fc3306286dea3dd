import { z } from "zod";
import { defineScript, type ScriptCall } from "../../redis/script";
import { META_FUNCTIONS, type PublishedCount, parseMeta, REPAIR_AFTER_MS } from "./meta";

/**
 * Scripts of the counter of views, and of plays with keys of their own: there, a viewer is `seq:hour`, and a play is a
 * view.
 *
 * meta.ts says what is known of a post.
 *
 * A viewer is new who is neither in the set of viewers, which expires after a day, nor among the pending ones.
 *
 * A thousand pending views of one post are *sealed*: the set is renamed and queued, so that a claim takes a set of that
 * size as a whole, however many views wait. Like claimed views, sealed ones are not looked up any more: a viewer who
 * returns after the set of viewers has expired counts again until the next sync.
 *
 * At most one batch at a time has views of a post. So `Post.viewsBatch`, the last batch that Postgres has, shows
 * whether the claimed views are already in `Post.views`, and no interleaving of syncs and readers makes a count dip
 * or counts a view twice. The end of a batch adds its posts to the dirty posts again when they have pending views.
 */

/**
 * A view of a post with waiting views adds it to the dirty posts again after this time, so that a list of them that was
 * lost is complete again. Until then it is one command less for each view.
 */
const MARK_AGAIN_MS = 10_000;

/**
 * Records views of any number of posts and returns their counts; without viewers it only reads.
 *
 * KEYS  1 dirty posts, 2 claims, 3 sealed views, 4 sealed counts, then for each post: meta, viewers, pending, sealed
 *       viewers (a new key)
 * ARGV  1 now (ms), 2 TTL of meta (s), 3 TTL of viewers (s), 4 id of the new keys, 5 views to seal, 6 the meta that the
 *       caller expects, or '': only with one view of one post. It is read and written by one command then, and written
 *       once more if it was another one. Then for each post:
 *       post id, row (0, or 1 followed by author, persisted, version, batch),
 *       number of viewers whose views are in the row already (only with a row, which then does not create a
 *       missing meta: it may be an old one), those viewers…,
 *       number of viewers to record now, those viewers…
 * Returns how many posts became dirty, then for each post: false when its meta is missing and no row was
 * given (nothing was recorded for it), else [meta, then per viewer: 1 new, 0 seen before, -1 author]
 * Atomic. Safe to repeat: a viewer is new once.
 */
export const recordAndCountViews = defineScript(
  "touchViews",
  `${META_FUNCTIONS}
local at = 7
local function take() at = at + 1; return ARGV[at - 1] end
local function takeList()
  local list = {}
  for i = 1, tonumber(take()) do list[i] = take() end
  return list
end

local now = tonumber(ARGV[1])
local reply, dirty, metaKeys, metas, texts, isRenewed = {0}, {}, {}, {}, {}, {}

local function isAuthor(viewer, author)
  return viewer == author or string.sub(viewer, 1, #author + 1) == author .. ':'
end
local function markDirty(id)
  dirty[#dirty + 1] = ARGV[1]
  dirty[#dirty + 1] = id
end
-- Counts views that are pending now.
local function addWaiting(meta, added, id)
  if meta.waiting == 0 or math.abs(now - meta.markedAt) > ${MARK_AGAIN_MS} then
    meta.markedAt = now
    if id then markDirty(id) end
  end
  meta.waiting = meta.waiting + added
end

for key = 5, #KEYS, 4 do
  if texts[KEYS[key]] == nil then metaKeys[#metaKeys + 1] = KEYS[key] end
  texts[KEYS[key]] = false
end

-- Reads the only post's meta with the command that writes it, if its viewer is new.
local firstAdded = nil
local function readByWriting(viewer)
  local expected = parseMeta(ARGV[6])
  if not expected or isAuthor(viewer, expected.author) then return false end
  firstAdded = redis.call('SADD', KEYS[6], viewer)
  if firstAdded == 0 then return false end
  addWaiting(expected, 1)
  local written = formatMeta(expected)
  local meta = parseMeta(redis.call('SET', KEYS[5], written, 'KEEPTTL', 'GET'))
  metas[KEYS[5]], texts[KEYS[5]] = meta, written
  if not meta then
    redis.call('DEL', KEYS[5])
    redis.call('SREM', KEYS[6], viewer)
    texts[KEYS[5]] = false
  end
  return true
end
if not readByWriting(ARGV[#ARGV]) then
  for i, text in ipairs(redis.call('MGET', unpack(metaKeys))) do
    metas[metaKeys[i]], texts[metaKeys[i]] = parseMeta(text), text
  end
end

local function withoutPending(pending, fresh)
  local new = {}
  for i, isPending in ipairs(redis.call('SMISMEMBER', pending, unpack(fresh))) do
    if isPending == 0 then new[#new + 1] = fresh[i] end
  end
  return new
end

-- A much larger set than this seals was left by an earlier version; it is claimed in parts.
local function seal(id, pending, sealed)
  local size = redis.call('SCARD', pending)
  if size < tonumber(ARGV[5]) or size > 5 * tonumber(ARGV[5]) then return end
  if redis.call('RENAMENX', pending, sealed) == 0 then return end
  redis.call('ZADD', KEYS[3], ARGV[1], id .. ':' .. ARGV[4] .. ':' .. size)
  redis.call('HINCRBY', KEYS[4], id, size)
end

local function hasWaitedTooLong(meta)
  return meta.waiting > 0 and math.abs(now - meta.markedAt) > ${REPAIR_AFTER_MS}
end

-- Makes a new meta from a row that is not older than it.
local function applyRow(metaKey, pending, id, row)
  local known = metas[metaKey]
  local waiting, markedAt = redis.call('SCARD', pending), now
  if known and not hasWaitedTooLong(known) then
    markedAt = known.markedAt
  elseif waiting > 0 then
    -- Pending views of a post that is not dirty would never be synced.
    markDirty(id)
  end
  waiting = waiting + (tonumber(redis.call('HGET', KEYS[4], id) or '') or 0)
  local claim = redis.call('HGET', KEYS[2], id)
  if claim then
    local batch, size = string.match(claim, '^(.*):(%d+)$')
    if batch and batch ~= row[4] then waiting = waiting + size end
  end
  metas[metaKey] = {author = row[1], persisted = tonumber(row[2]), version = tonumber(row[3]),
    waiting = waiting, markedAt = markedAt}
  isRenewed[metaKey] = true
end

-- Adds viewers and returns those who are new to the set of viewers.
local function addViewers(viewers, candidates)
  if firstAdded then return firstAdded == 1 and candidates or {} end
  if #candidates == 1 then return redis.call('SADD', viewers, candidates[1]) == 1 and candidates or {} end
  local fresh = {}
  if #candidates == 0 then return fresh end
  for i, seen in ipairs(redis.call('SMISMEMBER', viewers, unpack(candidates))) do
    if seen == 0 then fresh[#fresh + 1] = candidates[i] end
  end
  if #fresh > 0 then redis.call('SADD', viewers, unpack(fresh)) end
  return fresh
end

for post = 1, (#KEYS - 4) / 4 do
  local metaKey, viewers, pending, sealed = unpack(KEYS, post * 4 + 1, post * 4 + 4)
  local id, row = take(), nil
  if take() == '1' then row = {take(), take(), take(), take()} end
  local persistedViewers, currentViewers = takeList(), takeList()

  local known = metas[metaKey]
  local version = row and tonumber(row[3])
  if known and version then
    local isRepair = known.version == version and hasWaitedTooLong(known)
    if known.version < version or isRepair then applyRow(metaKey, pending, id, row) end
  elseif row and #persistedViewers == 0 then
    applyRow(metaKey, pending, id, row)
  end

  local meta = metas[metaKey]
  if #persistedViewers > 0 then
    redis.call('SADD', viewers, unpack(persistedViewers))
    redis.call('EXPIRE', viewers, ARGV[3], 'NX')
    local duplicates = redis.call('SREM', pending, unpack(persistedViewers))
    if meta then meta.waiting = math.max(0, meta.waiting - duplicates) end
  end

  if not meta then
    reply[post + 1] = false
  else
    local result, candidates, positions = {false}, {}, {}
    for i, viewer in ipairs(currentViewers) do
      result[i + 1] = 0
      if isAuthor(viewer, meta.author) then
        result[i + 1] = -1
      else
        candidates[#candidates + 1] = viewer
        positions[viewer] = i + 1
      end
    end

    local fresh = addViewers(viewers, candidates)
    if #fresh > 1 and meta.waiting > 0 then fresh = withoutPending(pending, fresh) end
    if #fresh > 0 then
      if meta.waiting == 0 then redis.call('EXPIRE', viewers, ARGV[3], 'NX') end
      local added = redis.call('SADD', pending, unpack(fresh))
      -- The only one may have been pending.
      if added > 0 then
        addWaiting(meta, added, id)
        for _, viewer in ipairs(fresh) do result[positions[viewer]] = 1 end
        if meta.waiting >= tonumber(ARGV[5]) then seal(id, pending, sealed) end
      end
    end
    result[1] = formatMeta(meta)
    reply[post + 1] = result
  end
end

-- Writes what changed. A post with waiting views needs no TTL, so one command writes several.
local several = {}
for _, key in ipairs(metaKeys) do
  local meta = metas[key]
  local text = meta and formatMeta(meta)
  if meta and isRenewed[key] then
    redis.call('SET', key, text, 'EX', ARGV[2])
  elseif meta and text ~= texts[key] then
    if meta.waiting == 0 or #metaKeys == 1 then
      redis.call('SET', key, text, 'KEEPTTL')
    else
      several[#several + 1] = key
      several[#several + 1] = text
    end
  end
end
if #several > 0 then redis.call('MSET', unpack(several)) end
if #dirty > 0 then reply[1] = redis.call('ZADD', KEYS[1], 'NX', unpack(dirty)) end
return reply
`,
);

export interface CountedPost extends PublishedCount {
  /** One per viewer: 1 new, 0 seen before, -1 the author. */
  outcomes: (1 | 0 | -1)[];
}

export interface CountUpdateResult {
  /** This call added at least one post to the dirty posts. */
  dirtied: boolean;
  /** One per post, in order; null when Redis does not have the post and no row was given. */
  posts: (CountedPost | null)[];
}

const publishedCountSchema = z.string().transform((text, context) => {
  const published = parseMeta(text);
  if (published) return published;
  context.addIssue("not a post's meta");
  return z.NEVER;
});
const outcomeSchema = z.union([z.literal(1), z.literal(0), z.literal(-1)]);
const countedPostSchema = z
  .tuple([publishedCountSchema], outcomeSchema)
  .transform(([published, ...outcomes]): CountedPost => ({ ...published, outcomes }));
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
