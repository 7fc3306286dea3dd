import { defineScript } from "../redis/script";

/**
 * Scripts of ordered channels. A channel has a head, a hash {epoch, n}, and a log, a stream whose entries are numbered
 * `n-0`. Within an epoch the numbers have no gaps. When the head no longer exists (Redis was emptied, or a day passed
 * without an event) a new epoch starts, so that its numbers are not mistaken for those of the old one.
 */

/**
 * `nextSequence(key, first)` numbers a published message, over all channels, so that an instance that has received all
 * of them knows it by one number. After Redis was emptied, or holds
 * another value there, it begins with a random one.
 */
const SEQUENCE = `
local function nextSequence(key, first)
  local n = redis.pcall('INCR', key)
  if type(n) ~= 'number' or n == 1 then
    n = tonumber(first)
    redis.call('SET', key, first)
  end
  return string.format('%.0f', n)
end
`;

/**
 * Numbers events, appends them to the logs of their channels, and publishes them to all instances. A published event
 * is in the log already, in the same order.
 *
 * KEYS  head and log of the first event's channel, of the second's, …, at last the sequence
 * ARGV  1 epoch for a channel without one, 2 maximum of entries in a log, 3 TTL (s), 4 Redis channel that instances
 *       subscribe to, 5 first number of a sequence, then for each event: channel, event (JSON)
 * Returns {epoch, n} of each event, flat
 * Atomic. NOT safe to repeat: a repeat is a second event.
 */
export const appendEvents = defineScript(
  "appendEvents",
  `${SEQUENCE}
local reply, messages = {}, {}
local sequence = nextSequence(KEYS[#KEYS], ARGV[5])
for i = 1, (#KEYS - 1) / 2 do
  local head, log = KEYS[i * 2 - 1], KEYS[i * 2]
  local channel, event = ARGV[i * 2 + 4], ARGV[i * 2 + 5]
  local known = redis.call('HMGET', head, 'epoch', 'n')
  local epoch = known[1]
  if not epoch or not tonumber(known[2] or '') then
    epoch = ARGV[1]
    redis.call('DEL', log)
    redis.call('HSET', head, 'epoch', epoch, 'n', '0')
  end
  local n = redis.call('HINCRBY', head, 'n', 1)
  local added = redis.pcall('XADD', log, 'MAXLEN', ARGV[2], n .. '-0', 'e', event)
  if type(added) == 'table' and added.err then
    -- The log is not this epoch's: its last number is higher, or the key has another type.
    redis.call('DEL', log)
    redis.call('XADD', log, 'MAXLEN', ARGV[2], n .. '-0', 'e', event)
  end
  redis.call('EXPIRE', head, ARGV[3])
  redis.call('EXPIRE', log, ARGV[3])
  reply[#reply + 1] = epoch
  reply[#reply + 1] = n
  messages[i] = '{"channel":"' .. channel .. '","epoch":"' .. epoch .. '","n":' .. n .. ',"sequence":' .. sequence .. ',"event":' .. event .. '}'
end
redis.call('PUBLISH', ARGV[4], '[' .. table.concat(messages, ',') .. ']')
return reply
`,
);

/**
 * Reads the events of channels since a cursor. A channel without events gets its epoch here, so that a new subscriber
 * recognizes the first event as the next one.
 *
 * KEYS  head and log of the first channel, of the second, …
 * ARGV  1 epoch for a channel without one, 2 TTL (s), 3 maximum of entries, of one channel and of all together, then for
 *       each channel: epoch ('' for none: reads only the head) and number
 * Returns for each channel {epoch, n of the head, 1 when the entries are all since the cursor, {event, …}}; 0 when the
 *          epoch differs, when the log does not go back that far, or when there are too many: then no entries; 2 when
 *          the channels before it have used up the maximum: then no entries, and it must be read again
 * Atomic. Safe to repeat.
 */
export const readLogs = defineScript(
  "readLogs",
  `
local reply, left = {}, tonumber(ARGV[3])
for i = 1, #KEYS / 2 do
  local head, log = KEYS[i * 2 - 1], KEYS[i * 2]
  local sinceEpoch, sinceN = ARGV[i * 2 + 2], tonumber(ARGV[i * 2 + 3])
  local known = redis.call('HMGET', head, 'epoch', 'n')
  local epoch, n = known[1], tonumber(known[2] or '')
  if not epoch or not n then
    epoch, n = ARGV[1], 0
    redis.call('DEL', log)
    redis.call('HSET', head, 'epoch', epoch, 'n', '0')
    redis.call('EXPIRE', head, ARGV[2])
  end
  local events, complete = {}, 0
  if sinceEpoch == epoch and sinceN <= n and n - sinceN <= tonumber(ARGV[3]) then
    complete = n - sinceN <= left and 1 or 2
    if sinceN < n and complete == 1 then
      left = left - (n - sinceN)
      local entries = redis.call('XRANGE', log, (sinceN + 1) .. '-0', '+', 'COUNT', ARGV[3])
      for j, entry in ipairs(entries) do
        if entry[1] ~= (sinceN + j) .. '-0' then complete = 0 end
        events[j] = entry[2][2]
      end
      if #entries < n - sinceN then complete = 0 end
    end
    if complete == 0 then events = {} end
  end
  reply[i] = {epoch, n, complete, events}
end
return reply
`,
);

/**
 * Reads the heads of channels, and the number of the last message if its key is given.
 *
 * KEYS  heads, then maybe the sequence
 * ARGV  1 how many heads, 2 the number at which the caller knows them ('' for none)
 * Returns {epoch ('' for none), n} of each, flat; at last the number ('' for none) as a string. Nothing but the number
 *          where it is still the caller's
 * Read-only.
 */
export const readHeads = defineScript(
  "readHeads",
  `
local reply = {}
local heads = tonumber(ARGV[1])
local sequence = #KEYS > heads and (redis.call('GET', KEYS[heads + 1]) or '')
if sequence and sequence ~= '' and sequence == ARGV[2] then return {sequence} end
for i = 1, heads do
  local head = redis.call('HMGET', KEYS[i], 'epoch', 'n')
  reply[i * 2 - 1] = head[1] or ''
  reply[i * 2] = tonumber(head[2] or '0') or 0
end
if sequence then reply[#reply + 1] = sequence end
return reply
`,
);

/**
 * Deletes heads and logs, and notifies all instances. The next event of each channel starts a new epoch.
 *
 * KEYS  heads and logs, at last the sequence
 * ARGV  1 Redis channel that instances subscribe to, 2 the channels (JSON), 3 first number of a sequence
 * Returns how many keys were deleted
 * Atomic. Safe to repeat.
 */
export const resetLogs = defineScript(
  "forgetLogs",
  `${SEQUENCE}
local deleted = redis.call('UNLINK', unpack(KEYS, 1, #KEYS - 1))
local sequence = nextSequence(KEYS[#KEYS], ARGV[3])
redis.call('PUBLISH', ARGV[1], '{"forgotten":' .. ARGV[2] .. ',"sequence":' .. sequence .. '}')
return deleted
`,
);
