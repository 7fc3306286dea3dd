import { defineScript } from "../redis/define-script";

/**
 * The scripts of the leaderboards.
 *
 * The boards of one week, month, or of all time stand under one index, the set `leaderboard:{period}:{bucket}`: the
 * currencies that have a board, and the word `built`. Without that word Redis knows nothing, whatever else is
 * there: it was emptied, or the time of the boards is over. A board is a sorted set of sellers by the sum of
 * their sales, and a hash of how many sales those were. Both hold what Postgres computed, never a difference.
 *
 * A rebuild is stored only while its lease is alive, and every new sum revokes the lease: a sum that is newer
 * than what the rebuild read cannot be lost under it.
 */

/**
 * Reads the top of one board, and somebody's own place on it.
 *
 * KEYS  1 index, 2 lease
 * ARGV  1 currency ('' for the main one), 2 main currency, 3 how many places, 4 person ('' for nobody),
 *       5 and 6 what stands before the currency in a board's key, and after it in the key of its sales,
 *       7 token, 8 TTL of a lease (ms)
 * Returns {'0', '1' when the caller has the lease now and is to rebuild, else '0'} when the boards are not there,
 * else {'1', currency, {currencies…}, {seller, sum, sales, …}, {how many stand above the person, sum, sales} or {}}.
 * Without a currency the main one is taken if anybody sold in it, else the one in which most people did.
 * Atomic. Safe to repeat.
 */
export const readLeaderboard = defineScript(
  "readLeaderboard",
  `
local function unbuilt()
  local got = redis.call('SET', KEYS[2], ARGV[7], 'PX', ARGV[8], 'NX')
  return {'0', got and '1' or '0'}
end
if redis.call('SISMEMBER', KEYS[1], 'built') == 0 then return unbuilt() end
local currencies, wanted, most = {}, ARGV[1], 0
for _, currency in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if currency ~= 'built' then
    local size = redis.call('ZCARD', ARGV[5] .. currency)
    -- Only an eviction takes a board and leaves the index.
    if size == 0 then return unbuilt() end
    currencies[#currencies + 1] = currency
    if ARGV[1] == '' and wanted ~= ARGV[2] then
      if currency == ARGV[2] or size > most or (size == most and currency < wanted) then
        wanted, most = currency, size
      end
    end
  end
end
if wanted == '' then wanted = ARGV[2] end
local board = ARGV[5] .. wanted
local sales = board .. ARGV[6]
local top = redis.call('ZREVRANGE', board, 0, ARGV[3] - 1, 'WITHSCORES')
local rows, own = {}, {}
for i = 1, #top, 2 do
  local count = redis.call('HGET', sales, top[i])
  if not count then return unbuilt() end
  rows[#rows + 1] = top[i]
  rows[#rows + 1] = top[i + 1]
  rows[#rows + 1] = count
end
if ARGV[4] ~= '' then
  local sum = redis.call('ZSCORE', board, ARGV[4])
  local count = redis.call('HGET', sales, ARGV[4])
  if sum and count then
    own = {tostring(redis.call('ZCOUNT', board, '(' .. sum, '+inf')), sum, count}
  end
end
return {'1', wanted, currencies, rows, own}
`,
);

/**
 * Stores the boards of one index as Postgres had them, in place of what was there.
 *
 * KEYS  1 index, 2 lease
 * ARGV  1 token, 2 TTL (s), 3 and 4 as 5 and 6 above, then for each currency: currency, how many sellers, and
 *       of each of them: seller, sum, sales
 * Returns 1, or 0 when the lease is no longer the caller's: read Postgres again.
 * Atomic. Safe to repeat: it is refused then.
 */
export const storeLeaderboards = defineScript(
  "storeLeaderboards",
  `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
for _, currency in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  redis.call('DEL', ARGV[3] .. currency, ARGV[3] .. currency .. ARGV[4])
end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('SADD', KEYS[1], 'built')
local at = 5
while at <= #ARGV do
  local currency, size = ARGV[at], tonumber(ARGV[at + 1])
  local board = ARGV[3] .. currency
  at = at + 2
  for seat = at, at + (size - 1) * 3, 3 do
    redis.call('ZADD', board, ARGV[seat + 1], ARGV[seat])
    redis.call('HSET', board .. ARGV[4], ARGV[seat], ARGV[seat + 2])
  end
  at = at + size * 3
  redis.call('SADD', KEYS[1], currency)
  redis.call('EXPIRE', board, ARGV[2])
  redis.call('EXPIRE', board .. ARGV[4], ARGV[2])
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
`,
);

/**
 * Sets one seller's sums in one currency, on every board that is there; revokes the leases of all.
 *
 * KEYS  for each index: index, lease
 * ARGV  1 currency, 2 seller, 3 what stands after the currency in the key of a board's sales, then for each
 *       index: what stands before the currency in a board's key, sum, sales (0: not on the board)
 * Returns on how many boards.
 * Atomic. Safe to repeat: the sums are absolute.
 */
export const setLeaderboardSums = defineScript(
  "setLeaderboardSums",
  `
local set = 0
for i = 1, #KEYS / 2 do
  local index, lease = KEYS[i * 2 - 1], KEYS[i * 2]
  local board, sum, count = ARGV[i * 3 + 1] .. ARGV[1], ARGV[i * 3 + 2], ARGV[i * 3 + 3]
  local sales = board .. ARGV[3]
  redis.call('DEL', lease)
  if redis.call('SISMEMBER', index, 'built') == 1 then
    if redis.call('SISMEMBER', index, ARGV[1]) == 1 and redis.call('EXISTS', board, sales) < 2 then
      -- Evicted: with this seller alone it would look whole.
      redis.call('DEL', index)
    else
      set = set + 1
      if count == '0' then
        redis.call('ZREM', board, ARGV[2])
        redis.call('HDEL', sales, ARGV[2])
        if redis.call('ZCARD', board) == 0 then redis.call('SREM', index, ARGV[1]) end
      else
        redis.call('ZADD', board, sum, ARGV[2])
        redis.call('HSET', sales, ARGV[2], count)
        redis.call('SADD', index, ARGV[1])
        local left = redis.call('PTTL', index)
        redis.call('PEXPIRE', board, left)
        redis.call('PEXPIRE', sales, left)
      end
    end
  end
end
return set
`,
);
