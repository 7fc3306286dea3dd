import { KEY_LOCKING } from "../redis/script-flags";

/**
 * The rate limiter's scripts. Plain strings: the edge cannot load `node:crypto`, which `defineScript` needs.
 *
 * Each bucket is a log of when its tokens were taken, in slots of one second, or of a sixtieth of a window shorter than
 * a minute: `{ms}x{tokens} ` per slot, at most 61 slots for a window of a minute. All tokens of a slot count from the
 * last of them, so a token counts for the whole window and up to one slot longer, and no window, at whatever time it
 * begins, has more tokens than the limit. (A counter per window allows twice the limit around its edge, and a weighted
 * sum of two windows is an estimate.)
 *
 * KEYS  one for each bucket
 * ARGV  1 now (ms), then for each key: limit, window (ms), tokens that the process took while Redis was unavailable
 *       (in the format above, or '')
 * Returns [1 taken or 0 refused, then for each key: tokens left, ms until the next one comes back]
 * Atomic: a token is taken from every bucket or from none. Not safe to repeat: each call takes one.
 * Runs MGET, and one SET for each key when a token is taken.
 */
export const takeTokensSource = `${KEY_LOCKING}
local function slotMs(window) return math.min(1000, math.max(1, math.floor(window / 60))) end
local now = tonumber(ARGV[1])
local stored = redis.call('MGET', unpack(KEYS))
local logs, taken = {}, 1
for i = 1, #KEYS do
  local limit, window, unsynced = tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3]), ARGV[i * 3 + 1]
  local slots, used = {}, 0
  for at, count in string.gmatch((stored[i] or '') .. unsynced, '(%d+)x(%d+) ') do
    at, count = tonumber(at), tonumber(count)
    -- A slot further ahead than a window was written by a wrong clock.
    if at > now - window and at < now + window then
      slots[#slots + 1] = {at, count}
      used = used + count
    end
  end
  if used >= limit then taken = 0 end
  logs[i] = {limit = limit, window = window, slots = slots, used = used, changed = unsynced ~= ''}
end

local reply = {taken}
for i, log in ipairs(logs) do
  if taken == 1 then
    log.slots[#log.slots + 1] = {now, 1}
    log.used = log.used + 1
    log.changed = true
  end
  table.sort(log.slots, function(a, b) return a[1] < b[1] end)

  -- Merge the entries of a slot; its tokens count from the last entry.
  local length = slotMs(log.window)
  local merged, parts = {}, {}
  for _, slot in ipairs(log.slots) do
    local last = merged[#merged]
    if last and math.floor(last[1] / length) == math.floor(slot[1] / length) then
      last[1], last[2] = slot[1], last[2] + slot[2]
    else
      merged[#merged + 1] = {slot[1], slot[2]}
    end
  end
  -- Find when enough tokens have expired to take one more.
  local needed, expired, wait = math.max(1, log.used - log.limit + 1), 0, 0
  for i, slot in ipairs(merged) do
    if expired < needed then
      expired = expired + slot[2]
      wait = slot[1] + log.window - now
    end
    parts[i] = string.format('%.0fx%d ', slot[1], slot[2])
  end
  if log.changed and #parts > 0 then
    redis.call('SET', KEYS[i], table.concat(parts), 'PX', log.window)
  end
  reply[#reply + 1] = math.max(0, log.limit - log.used)
  reply[#reply + 1] = wait
end
return reply
`;

/**
 * Puts tokens that were not used back into their buckets.
 *
 * KEYS  one for each bucket
 * ARGV  for each key: when the token was taken (ms), window (ms)
 * Returns how many tokens were found; those that have expired or were never stored are not
 * Atomic. Not safe to repeat: each call puts back one token per key.
 * Runs GET, and SET or DEL, for each key.
 */
export const returnTokensSource = `${KEY_LOCKING}
local function slotMs(window) return math.min(1000, math.max(1, math.floor(window / 60))) end
local returned = 0
for i = 1, #KEYS do
  local takenAt, length = tonumber(ARGV[i * 2 - 1]), slotMs(tonumber(ARGV[i * 2]))
  local parts, found = {}, false
  for at, count in string.gmatch(redis.call('GET', KEYS[i]) or '', '(%d+)x(%d+) ') do
    at, count = tonumber(at), tonumber(count)
    if not found and math.floor(at / length) == math.floor(takenAt / length) then
      found = true
      count = count - 1
    end
    if count > 0 then parts[#parts + 1] = string.format('%.0fx%d ', at, count) end
  end
  if found then
    returned = returned + 1
    if #parts > 0 then redis.call('SET', KEYS[i], table.concat(parts), 'KEEPTTL')
    else redis.call('DEL', KEYS[i]) end
  end
end
return returned
`;
