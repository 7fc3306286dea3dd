import { defineScript } from "../redis/define-script";

/**
 * The scripts of ordered channels. A channel has a head, a hash {epoch, n}, and a log, a stream whose entries are
 * numbered `n-0`. An epoch is one life of a log: in it numbers have no gaps. When the head is gone (Redis was emptied,
 * or nobody said anything for a day) another epoch begins, so that nobody mistakes its numbers for those they know.
 */

/**
 * Numbers events, keeps them in the logs of their channels, and tells every instance, in one step: what is published
 * is in the log by then, in the same order.
 *
 * KEYS  head and log of the first event's channel, of the second's, …
 * ARGV  1 epoch to begin where there is none, 2 entries that a log keeps, 3 TTL (s), 4 channel of Redis that
 *       instances listen to, then for each event: channel, event (JSON)
 * Returns {epoch, n} of each event, flat
 * Atomic. NOT safe to repeat: a repeat is a second event.
 */
export const appendEvents = defineScript(
  "appendEvents",
  `
local answer, told = {}, {}
for i = 1, #KEYS / 2 do
  local head, log = KEYS[i * 2 - 1], KEYS[i * 2]
  local channel, event = ARGV[i * 2 + 3], ARGV[i * 2 + 4]
  local epoch = redis.call('HGET', head, 'epoch')
  if not epoch then
    epoch = ARGV[1]
    redis.call('DEL', log)
    redis.call('HSET', head, 'epoch', epoch, 'n', '0')
  end
  local n = redis.call('HINCRBY', head, 'n', 1)
  redis.call('XADD', log, 'MAXLEN', ARGV[2], n .. '-0', 'e', event)
  redis.call('EXPIRE', head, ARGV[3])
  redis.call('EXPIRE', log, ARGV[3])
  answer[#answer + 1] = epoch
  answer[#answer + 1] = n
  told[i] = '{"channel":"' .. channel .. '","epoch":"' .. epoch .. '","n":' .. n .. ',"event":' .. event .. '}'
end
redis.call('PUBLISH', ARGV[4], '[' .. table.concat(told, ',') .. ']')
return answer
`,
);

/**
 * What was said on channels since a cursor. A channel on which nobody has said anything yet gets its epoch here, so
 * that whoever joins now knows the first event for the first.
 *
 * KEYS  head and log of the first channel, of the second, …
 * ARGV  1 epoch to begin where there is none, 2 TTL (s), 3 most entries of one channel, then for each channel:
 *       epoch ('' for none: no entries, only where the channel is) and number
 * Returns for each channel {epoch, n of the head, 1 when the entries are all since the cursor, {event, …}}; 0 when the
 *          epoch is another one, when the log does not go back that far, or when there were too many: then no entries
 * Atomic. Safe to repeat.
 */
export const readLogs = defineScript(
  "readLogs",
  `
local answer = {}
for i = 1, #KEYS / 2 do
  local head, log = KEYS[i * 2 - 1], KEYS[i * 2]
  local wanted, from = ARGV[i * 2 + 2], tonumber(ARGV[i * 2 + 3])
  local known = redis.call('HMGET', head, 'epoch', 'n')
  local epoch, n = known[1], tonumber(known[2] or '0')
  if not epoch then
    epoch, n = ARGV[1], 0
    redis.call('DEL', log)
    redis.call('HSET', head, 'epoch', epoch, 'n', '0')
    redis.call('EXPIRE', head, ARGV[2])
  end
  local events, whole = {}, 0
  if wanted == epoch and from <= n and n - from <= tonumber(ARGV[3]) then
    whole = 1
    if from < n then
      local entries = redis.call('XRANGE', log, (from + 1) .. '-0', '+', 'COUNT', ARGV[3])
      for j, entry in ipairs(entries) do
        if entry[1] ~= (from + j) .. '-0' then whole = 0 end
        events[j] = entry[2][2]
      end
      if #entries < n - from then whole = 0 end
    end
    if whole == 0 then events = {} end
  end
  answer[i] = {epoch, n, whole, events}
end
return answer
`,
);

/**
 * KEYS  heads
 * ARGV  none
 * Returns {epoch ('' for none), n} of each, flat
 * Reads alone.
 */
export const readHeads = defineScript(
  "readHeads",
  `
local answer = {}
for i = 1, #KEYS do
  local head = redis.call('HMGET', KEYS[i], 'epoch', 'n')
  answer[i * 2 - 1] = head[1] or ''
  answer[i * 2] = tonumber(head[2] or '0')
end
return answer
`,
);

/**
 * Takes away heads and logs, and tells every instance: the next event of each channel begins another epoch.
 *
 * KEYS  heads and logs
 * ARGV  1 channel of Redis that instances listen to, 2 what they are told
 * Returns how many keys there were
 * Atomic. Safe to repeat.
 */
export const resetLogs = defineScript(
  "forgetLogs",
  `
local gone = redis.call('DEL', unpack(KEYS))
redis.call('PUBLISH', ARGV[1], ARGV[2])
return gone
`,
);
