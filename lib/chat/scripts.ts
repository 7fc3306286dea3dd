import { defineScript } from "../redis/define-script";

/**
 * The scripts of the message cache (lib/chat). Of each chat Redis may hold the newest messages' ids and the pinned
 * ones, both as they were at one revision of the chat, the *marker*. Whoever reads them asks Postgres for the chat's
 * revision and takes them only when it is the marker. So what was lost on the way here is never served: every change
 * has a revision of its own, and one that does not follow upon the marker takes the lists away.
 *
 * A message is JSON that begins with its revision, and is never replaced by an older one. The pinned ones are whole
 * when `-` is among them, the list when as many are in it as the chat has, up to the number it keeps.
 */

/**
 * Keeps a message that was written or changed.
 *
 * KEYS  1 message, 2 messages by time, 3 list of the newest, 4 pinned, 5 marker
 * ARGV  1 id, 2 its revision, 3 JSON, 4 when it was written (ms), 5 when it was pinned (ms; '' it is not),
 *       6 1 when it is the newest, 7 TTL of a message (s), 8 TTL of the rest (s), 9 how many the list keeps
 * Returns 1 when the lists stand at its revision now; 0 when they stood at a later one already, or are gone
 * Atomic. Safe to repeat, in any order.
 */
export const storeChatMessage = defineScript(
  "keepChatMessage",
  `
local revision = tonumber(ARGV[2])
local known = redis.call('GET', KEYS[1])
local at = known and tonumber(string.match(known, '^{"revision":(%d+)'))
if not at or at < revision then
  redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[7])
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
  -- Older ones have expired, or soon will.
  if ARGV[6] == '1' then redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1001) end
  redis.call('EXPIRE', KEYS[2], ARGV[8])
end
local marker = tonumber(redis.call('GET', KEYS[5]) or '')
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
 * ARGV  1 what stands before the id in a message's key, 2 how many
 * Returns {marker ('' none), {JSON of each, newest first}}; the second is empty when one of them is not there
 * Reads alone.
 */
export const readRecentMessages = defineScript(
  "readRecentMessages",
  `
local marker = redis.call('GET', KEYS[2])
if not marker then return {'', {}} end
local names = {}
for i, id in ipairs(redis.call('LRANGE', KEYS[1], 0, ARGV[2] - 1)) do names[i] = ARGV[1] .. id end
if #names == 0 then return {marker, {}} end
local found = redis.call('MGET', unpack(names))
for i = 1, #names do
  if not found[i] then return {marker, {}} end
end
return {marker, found}
`,
);

/**
 * KEYS  1 pinned, 2 marker
 * ARGV  1 what stands before the id in a message's key
 * Returns {marker ('' none, or they are not whole), {JSON of each, in the order in which they were pinned}}
 * Reads alone.
 */
export const readPinnedMessages = defineScript(
  "readPinnedMessages",
  `
local marker = redis.call('GET', KEYS[2])
if not marker or not redis.call('ZSCORE', KEYS[1], '-') then return {'', {}} end
local names = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if id ~= '-' then names[#names + 1] = ARGV[1] .. id end
end
if #names == 0 then return {marker, {}} end
local found = redis.call('MGET', unpack(names))
for i = 1, #names do
  if not found[i] then return {'', {}} end
end
return {marker, found}
`,
);

/**
 * Keeps messages as they were read from Postgres: the newest, the pinned ones, or some alone.
 *
 * KEYS  1 marker, 2 messages by time, 3 list of the newest, 4 pinned, then the messages
 * ARGV  1 revision of the chat they were read at, 2 'recent', 'pinned' (all of either) or 'some', 3 TTL of a message
 *       (s), 4 TTL of the rest (s), then for each message, newest first: id, revision, when it was written (ms), when
 *       it was pinned (ms; '' it is not), JSON
 * Returns 1; 0 when the lists stand at a later revision already: then nothing changes
 * Atomic. Safe to repeat, in any order.
 */
export const fillChatCache = defineScript(
  "fillChat",
  `
local list = ARGV[2] == 'recent' and KEYS[3] or ARGV[2] == 'pinned' and KEYS[4]
if list then
  local marker = tonumber(redis.call('GET', KEYS[1]) or '')
  if marker and marker > tonumber(ARGV[1]) then return 0 end
  -- What stands at another revision goes.
  if marker ~= tonumber(ARGV[1]) then redis.call('DEL', KEYS[3], KEYS[4]) end
  redis.call('DEL', list)
  if ARGV[2] == 'pinned' then redis.call('ZADD', list, 0, '-') end
end
for i = 5, #KEYS do
  local at = 5 + (i - 5) * 5
  local id, revision = ARGV[at], tonumber(ARGV[at + 1])
  local known = redis.call('GET', KEYS[i])
  local before = known and tonumber(string.match(known, '^{"revision":(%d+)'))
  if not before or before <= revision then redis.call('SET', KEYS[i], ARGV[at + 4], 'EX', ARGV[3]) end
  redis.call('ZADD', KEYS[2], ARGV[at + 2], id)
  if ARGV[2] == 'recent' then redis.call('RPUSH', list, id) end
  if ARGV[2] == 'pinned' then redis.call('ZADD', list, ARGV[at + 3], id) end
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
 * Forgets one message. The lists that it was in are not whole any more, and are read from Postgres again.
 *
 * KEYS  1 message, 2 messages by time, 3 list of the newest, 4 pinned
 * ARGV  1 id
 * Returns 1 when it was there
 * Atomic. Safe to repeat.
 */
export const evictChatMessage = defineScript(
  "dropChatMessage",
  `
local was = redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('LREM', KEYS[3], 0, ARGV[1])
if redis.call('ZREM', KEYS[4], ARGV[1]) == 1 then redis.call('DEL', KEYS[4]) end
return was
`,
);

/**
 * Forgets all of a chat.
 *
 * KEYS  1 marker, 2 messages by time, 3 list of the newest, 4 pinned
 * ARGV  1 what stands before the id in a message's key
 * Returns how many messages that were
 * Atomic. Safe to repeat.
 */
export const evictChatCache = defineScript(
  "dropChat",
  `
local dropped = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  dropped = dropped + redis.call('DEL', ARGV[1] .. id)
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
return dropped
`,
);
