/**
 * The rate limiter's scripts. Plain strings: the edge cannot load what `defineScript` needs.
 *
 * Each limit is a log of when its tokens were taken, kept by the second, and for windows of less than a minute by
 * their sixtieth: `{ms}x{tokens} ` for each, at most 61 of them for a window of a minute. The tokens of one second
 * all count from the last of them, so a token counts for the whole window and up to a second longer, and no window,
 * wherever it begins, ever holds more than the limit. (A counter per window lets twice the limit through around its edge, and the usual weighing
 * of two windows is an estimate.)
 *
 * KEYS  one for each limit
 * ARGV  1 now (ms), then for each key: limit, window (ms), tokens taken elsewhere while Redis did not answer
 *       (in the form above, or '')
 * Returns [1 taken or 0 refused, then for each key: tokens left, ms until the next one comes back]
 * Atomic: a token is taken of every limit or of none. Not safe to repeat: each call takes one.
 * Runs MGET, and one SET for each key when a token is taken.
 */
export const takeTokensSource = `
local function grain(window) return math.min(1000, math.max(1, math.floor(window / 60))) end
local now = tonumber(ARGV[1])
local stored = redis.call('MGET', unpack(KEYS))
local logs, taken = {}, 1
for i = 1, #KEYS do
  local limit, window, owed = tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3]), ARGV[i * 3 + 1]
  local slots, used = {}, 0
  for at, count in string.gmatch((stored[i] or '') .. owed, '(%d+)x(%d+) ') do
    at, count = tonumber(at), tonumber(count)
    -- What lies further ahead than a window was written by a clock that is wrong.
    if at > now - window and at < now + window then
      slots[#slots + 1] = {at, count}
      used = used + count
    end
  end
  if used >= limit then taken = 0 end
  logs[i] = {limit = limit, window = window, slots = slots, used = used, changed = owed ~= ''}
end

local answer = {taken}
for i, log in ipairs(logs) do
  if taken == 1 then
    log.slots[#log.slots + 1] = {now, 1}
    log.used = log.used + 1
    log.changed = true
  end
  table.sort(log.slots, function(a, b) return a[1] < b[1] end)

  -- Those of one second count from its last.
  local second = grain(log.window)
  local seconds, parts = {}, {}
  for _, slot in ipairs(log.slots) do
    local last = seconds[#seconds]
    if last and math.floor(last[1] / second) == math.floor(slot[1] / second) then
      last[1], last[2] = slot[1], last[2] + slot[2]
    else
      seconds[#seconds + 1] = {slot[1], slot[2]}
    end
  end
  -- When enough has come back for one more token.
  local wanted, back, wait = math.max(1, log.used - log.limit + 1), 0, 0
  for i, slot in ipairs(seconds) do
    if back < wanted then
      back = back + slot[2]
      wait = slot[1] + log.window - now
    end
    parts[i] = string.format('%.0fx%d ', slot[1], slot[2])
  end
  if log.changed and #parts > 0 then
    redis.call('SET', KEYS[i], table.concat(parts), 'PX', log.window)
  end
  answer[#answer + 1] = math.max(0, log.limit - log.used)
  answer[#answer + 1] = wait
end
return answer
`;

/**
 * Gives tokens back that were taken and not used.
 *
 * KEYS  one for each limit
 * ARGV  for each key: when the token was taken (ms), window (ms)
 * Returns how many were found; one that has run out meanwhile, or was never written, is not
 * Atomic. Not safe to repeat: each call gives one back.
 * Runs GET, and SET or DEL, for each key.
 */
export const returnTokensSource = `
local function grain(window) return math.min(1000, math.max(1, math.floor(window / 60))) end
local given = 0
for i = 1, #KEYS do
  local taken, second = tonumber(ARGV[i * 2 - 1]), grain(tonumber(ARGV[i * 2]))
  local parts, found = {}, false
  for at, count in string.gmatch(redis.call('GET', KEYS[i]) or '', '(%d+)x(%d+) ') do
    at, count = tonumber(at), tonumber(count)
    if not found and math.floor(at / second) == math.floor(taken / second) then
      found = true
      count = count - 1
    end
    if count > 0 then parts[#parts + 1] = string.format('%.0fx%d ', at, count) end
  end
  if found then
    given = given + 1
    if #parts > 0 then redis.call('SET', KEYS[i], table.concat(parts), 'KEEPTTL')
    else redis.call('DEL', KEYS[i]) end
  end
end
return given
`;
