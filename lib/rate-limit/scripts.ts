import { KEY_LOCKING } from "../redis/script-flags";

/**
 * The rate limiter's scripts. Plain strings: the edge cannot load `node:crypto`, which `defineScript` needs.
 *
 * Each bucket is a log of when its tokens were taken, in slots of one second, or of a sixtieth of a window shorter than
 * a minute: `{ms}x{tokens} ` per slot. All tokens of a slot count from the last of them, so a token counts for the whole
 * window and up to one slot longer, and no window, at whatever time it begins, has more tokens than the limit. (A
 * counter per window allows twice the limit around its edge, and a weighted sum of two windows is an estimate.)
 *
 * `{ms}r{tokens} ` are tokens that a process has reserved, for requests until that time (its lease). They count from
 * then, so for a window after any use, until the process reports which ones it used and when. Of one bucket at most the
 * given number is reserved at a time, by all processes together: a process that never comes back strands no more.
 *
 * KEYS  one for each bucket
 * ARGV  1 now (ms), then for each key:
 *         limit, window (ms)
 *         tokens that the process took and has not reported, as slots, or ''
 *         the reservation that it gives up, as one slot, or ''
 *         tokens that it asks to reserve, the end of its lease (ms), how many may be reserved by all
 * Returns [1 taken or 0 refused, then for each key: tokens left, ms until the next one comes back, tokens reserved]
 * Atomic: a token is taken from every bucket or from none. Not safe to repeat: each call takes one.
 * Runs MGET, and one SET or DEL for each key that changes.
 */
export const takeTokensSource = `${KEY_LOCKING}
local function slotIndex(at, window)
  return math.floor(at / math.min(1000, math.max(1, math.floor(window / 60))))
end
local now = tonumber(ARGV[1])
local stored = redis.call('MGET', unpack(KEYS))
local logs, taken = {}, 1
for i = 1, #KEYS do
  local first = i * 7 - 5
  local limit, window, unreported, ended = tonumber(ARGV[first]), tonumber(ARGV[first + 1]), ARGV[first + 2], ARGV[first + 3]
  local endedAt, endedCount = string.match(ended, '(%d+)r(%d+)')
  endedAt, endedCount = tonumber(endedAt), tonumber(endedCount) or 0
  local slots, used, reserved = {}, 0, 0
  for at, kind, count in string.gmatch((stored[i] or '') .. unreported, '(%d+)([xr])(%d+) ') do
    at, count = tonumber(at), tonumber(count)
    if kind == 'r' and endedCount > 0 and slotIndex(at, window) == slotIndex(endedAt, window) then
      local released = math.min(count, endedCount)
      count, endedCount = count - released, endedCount - released
    end
    -- A slot further ahead than a window was written by a wrong clock.
    if count > 0 and at > now - window and at < now + window then
      slots[#slots + 1] = {at, count, kind}
      used = used + count
      if kind == 'r' then reserved = reserved + count end
    end
  end
  if used >= limit then taken = 0 end
  logs[i] = {limit = limit, window = window, slots = slots, used = used, reserved = reserved,
    wanted = tonumber(ARGV[first + 4]), leaseEnd = tonumber(ARGV[first + 5]), reservable = tonumber(ARGV[first + 6]),
    changed = unreported ~= '' or ended ~= ''}
end

local reply = {taken}
for i, log in ipairs(logs) do
  local lease = 0
  if taken == 1 then
    lease = math.max(0, math.min(log.wanted, log.reservable - log.reserved, log.limit - log.used - 1))
    log.slots[#log.slots + 1] = {now, 1, 'x'}
    if lease > 0 then log.slots[#log.slots + 1] = {log.leaseEnd, lease, 'r'} end
    log.used = log.used + 1 + lease
    log.changed = true
  end
  table.sort(log.slots, function(a, b) return a[1] < b[1] end)

  -- Merge the entries of a slot; its tokens count from the last entry.
  local merged, last = {}, {}
  for _, slot in ipairs(log.slots) do
    local at, count, kind = slot[1], slot[2], slot[3]
    local same = last[kind]
    if same and slotIndex(same[1], log.window) == slotIndex(at, log.window) then
      same[1], same[2] = at, same[2] + count
    else
      last[kind] = {at, count, kind}
      merged[#merged + 1] = last[kind]
    end
  end
  -- Find when enough tokens have expired to take one more.
  local needed, expired, wait, parts, lastAt = math.max(1, log.used - log.limit + 1), 0, 0, {}, now
  for index, slot in ipairs(merged) do
    if expired < needed then
      expired = expired + slot[2]
      wait = math.max(wait, slot[1] + log.window - now)
    end
    lastAt = math.max(lastAt, slot[1])
    parts[index] = string.format('%.0f%s%d ', slot[1], slot[3], slot[2])
  end
  if log.changed then
    if #parts > 0 then redis.call('SET', KEYS[i], table.concat(parts), 'PX', log.window + lastAt - now)
    else redis.call('DEL', KEYS[i]) end
  end
  reply[#reply + 1] = math.max(0, log.limit - log.used)
  reply[#reply + 1] = wait
  reply[#reply + 1] = lease
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
  for at, kind, count in string.gmatch(redis.call('GET', KEYS[i]) or '', '(%d+)([xr])(%d+) ') do
    at, count = tonumber(at), tonumber(count)
    if not found and kind == 'x' and math.floor(at / length) == math.floor(takenAt / length) then
      found = true
      count = count - 1
    end
    if count > 0 then parts[#parts + 1] = string.format('%.0f%s%d ', at, kind, count) end
  end
  if found then
    returned = returned + 1
    if #parts > 0 then redis.call('SET', KEYS[i], table.concat(parts), 'KEEPTTL')
    else redis.call('DEL', KEYS[i]) end
  end
end
return returned
`;
