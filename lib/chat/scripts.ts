import { defineScript } from "../redis/script";

/**
 * The scripts of the message cache (lib/chat). For each chat Redis may have two lists of ids, the newest and the pinned
 * messages, both as of one revision of the chat: the *marker*. A reader compares the marker with the chat's revision in
 * Postgres and uses the lists only if they are equal. So a lost write is never served: every change has its own
 * revision, and one that does not directly follow the marker deletes the lists.
 *
 * A message is JSON that begins with its revision; an older revision never replaces a newer one. The pinned set is
 * complete when `-` is a member, the list of the newest when it has all messages of the chat or its maximum length.
 */

/**
 * Stores a message that was written or changed.
 *
 * KEYS  1 message, 2 messages by time, 3 list of the newest, 4 pinned, 5 marker
 * ARGV  1 id, 2 its revision, 3 JSON, 4 creation time (ms), 5 pin time (ms; '' when it is not pinned),
 *       6 1 when it is the newest, 7 TTL of a message (s), 8 TTL of the rest (s), 9 maximum length of the list
 * Returns 1 when the lists are now at its revision; 0 when they are at that or a later one already, or do not exist
 * Atomic. Safe to repeat, in any order.
 */
export const storeChatMessage = defineScript(
  "keepChatMessage",
  `
local revision = tonumber(ARGV[2])
local stored = redis.call('GET', KEYS[1])
local storedRevision = stored and tonumber(string.match(stored, '^{"revision":(%d+)'))
local marker = tonumber(redis.call('GET', KEYS[5]) or '')
-- Missing from lists of this or a later revision: it may have changed since, and only a fill knows.
local isEvicted = not storedRevision and marker and marker >= revision
if not isEvicted and (not storedRevision or storedRevision < revision) then
  redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[7])
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
  -- Keeps 1,000 ids: older messages have expired or soon will. Of many more it removes some at each message.
  local extra = redis.call('ZCARD', KEYS[2]) - 1000
  if ARGV[6] == '1' and extra > 0 then redis.call('ZREMRANGEBYRANK', KEYS[2], 0, math.min(extra, 100) - 1) end
  redis.call('EXPIRE', KEYS[2], ARGV[8])
end
if not marker or marker >= revision then return 0 end
if marker < revision - 1 then
  redis.call('DEL', KEYS[3], KEYS[4], KEYS[5])
  return 0
end
if ARGV[6] == '1' and redis.call('EXISTS', KEYS[3]) == 1 then
  redis.call('LPUSH', KEYS[3], ARGV[1])
  redis.call('LTRIM', KEYS[3], 0, ARGV[9] - 1)
end
if redis.call('EXISTS', KEYS[4]) == 1 then
  if ARGV[5] == '' then redis.call('ZREM', KEYS[4], ARGV[1])
  else redis.call('ZADD', KEYS[4], ARGV[5], ARGV[1]) end
  redis.call('EXPIRE', KEYS[4], ARGV[8])
end
redis.call('EXPIRE', KEYS[3], ARGV[8])
redis.call('SET', KEYS[5], ARGV[2], 'EX', ARGV[8])
return 1
`,
);

/**
 * KEYS  1 list of the newest, 2 marker
 * ARGV  1 how many
 * Returns {marker ('' none), {ids, newest first}}
 * Read-only. The messages are read afterwards: those of the marker's revision are as the list was.
 */
export const readRecentMessages = defineScript(
  "readRecentMessages",
  `
local marker = redis.call('GET', KEYS[2])
if not marker then return {'', {}} end
return {marker, redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)}
`,
);

/**
 * KEYS  1 pinned, 2 marker
 * ARGV  none
 * Returns {marker ('' none, or the set is incomplete), {ids, in pin order}}
 * Read-only. The messages are read afterwards, as above.
 */
export const readPinnedMessages = defineScript(
  "readPinnedMessages",
  `
local marker = redis.call('GET', KEYS[2])
if not marker then return {'', {}} end
local ids, complete = {}, false
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if id == '-' then complete = true else ids[#ids + 1] = id end
end
if not complete then return {'', {}} end
return {marker, ids}
`,
);

/**
 * Stores messages as they were read from Postgres: all of the newest, all pinned ones, or some without a list.
 *
 * KEYS  1 marker, 2 messages by time, 3 list of the newest, 4 pinned, then the messages
 * ARGV  1 revision of the chat at the read, 2 'recent', 'pinned' (all of either) or 'some', 3 TTL of a message (s),
 *       4 TTL of the rest (s), then for each message, newest first: id, revision, creation time (ms), pin time (ms;
 *       '' when it is not pinned), JSON
 * Returns 1; 0 when the lists are at a later revision already: then nothing changes
 * Atomic. Safe to repeat, in any order.
 */
export const fillChatCache = defineScript(
  "fillChat",
  `
local list = ARGV[2] == 'recent' and KEYS[3] or ARGV[2] == 'pinned' and KEYS[4]
if list then
  local marker = tonumber(redis.call('GET', KEYS[1]) or '')
  if marker and marker > tonumber(ARGV[1]) then return 0 end
  -- Lists of another revision are deleted.
  if marker ~= tonumber(ARGV[1]) then redis.call('DEL', KEYS[3], KEYS[4]) end
  -- Without the marker until the end: a message's key of another type would abort the script in between.
  redis.call('DEL', list, KEYS[1])
  if ARGV[2] == 'pinned' then redis.call('ZADD', list, 0, '-') end
end
-- A message that is missing from a list may have changed since these were read: only a fill of the list restores it.
local listed = {}
if not list then
  for _, id in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do listed[id] = true end
  for _, id in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do listed[id] = true end
end
for i = 5, #KEYS do
  local offset = 5 + (i - 5) * 5
  local id, revision = ARGV[offset], tonumber(ARGV[offset + 1])
  local stored = redis.call('GET', KEYS[i])
  local storedRevision = stored and tonumber(string.match(stored, '^{"revision":(%d+)'))
  local isEvicted = not storedRevision and listed[id]
  if not isEvicted and (not storedRevision or storedRevision <= revision) then
    redis.call('SET', KEYS[i], ARGV[offset + 4], 'EX', ARGV[3])
  end
  redis.call('ZADD', KEYS[2], ARGV[offset + 2], id)
  if ARGV[2] == 'recent' then redis.call('RPUSH', list, id) end
  if ARGV[2] == 'pinned' then redis.call('ZADD', list, ARGV[offset + 3], id) end
end
if #KEYS > 4 then redis.call('EXPIRE', KEYS[2], ARGV[4]) end
if list then
  redis.call('EXPIRE', list, ARGV[4])
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[4])
end
return 1
`,
);

/**
 * Evicts one message. Lists that contained it become incomplete and are read from Postgres again.
 *
 * KEYS  1 message, 2 messages by time, 3 list of the newest, 4 pinned
 * ARGV  1 id
 * Returns 1 when it was cached
 * Atomic. Safe to repeat.
 */
export const evictChatMessage = defineScript(
  "dropChatMessage",
  `
local deleted = redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('LREM', KEYS[3], 0, ARGV[1])
if redis.call('ZREM', KEYS[4], ARGV[1]) == 1 then redis.call('DEL', KEYS[4]) end
return deleted
`,
);

/**
 * Evicts a chat's lists and some of its messages.
 *
 * KEYS  1 marker, 2 messages by time, 3 list of the newest, 4 pinned, then the messages
 * ARGV  the ids of the messages (up to 1,000)
 * Returns the number of messages evicted
 * Atomic. Safe to repeat.
 */
export const evictChatCache = defineScript(
  "dropChat",
  `
redis.call('DEL', KEYS[1], KEYS[3], KEYS[4])
if #ARGV == 0 then return 0 end
redis.call('ZREM', KEYS[2], unpack(ARGV))
return redis.call('UNLINK', unpack(KEYS, 5))
`,
);
