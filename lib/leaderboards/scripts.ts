import { defineScript } from "../redis/define-script";

/**
 * The scripts of the leaderboards.
 *
 * The boards of one week, one month, or all time share an index, the set `leaderboard:{period}:{bucket}`: the
 * currencies that have a board, and the member `built`. Without `built` the boards are missing, even if other keys
 * exist: Redis was emptied, or the boards have expired. A board is a sorted set of sellers by the sum of their
 * sales, and a hash of their numbers of sales. Both store what Postgres computed, never a difference.
 *
 * A rebuild is stored only while its lease is alive, and every new sum revokes the lease: a rebuild never overwrites
 * a sum that is newer than what it read.
 */

/**
 * Reads the top of one board, and a user's own row on it.
 *
 * KEYS  1 index, 2 lease
 * ARGV  1 currency ('' for the main one), 2 main currency, 3 how many rows, 4 user ('' for anonymous),
 *       5 and 6 what precedes the currency in a board's key, and what follows it in the key of the board's sales,
 *       7 token, 8 TTL of a lease (ms)
 * Returns {'0', '1' when the caller got the lease and must rebuild, else '0'} when the boards are missing,
 * else {'1', currency, {currencies…}, {seller, sum, sales, …}, {how many rank above the user, sum, sales} or {}}.
 * Without a currency the main one is read if it has sales, else the one with the most sellers.
 * Atomic. Safe to repeat.
 */
export const readLeaderboard = defineScript(
  "readLeaderboard",
  `
local function unbuilt()
  local leased = redis.call('SET', KEYS[2], ARGV[7], 'PX', ARGV[8], 'NX')
  return {'0', leased and '1' or '0'}
end
if redis.call('SISMEMBER', KEYS[1], 'built') == 0 then return unbuilt() end
local currencies, selected, largest = {}, ARGV[1], 0
for _, currency in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if currency ~= 'built' then
    local size = redis.call('ZCARD', ARGV[5] .. currency)
    -- The board was evicted and the index was not.
    if size == 0 then return unbuilt() end
    currencies[#currencies + 1] = currency
    if ARGV[1] == '' and selected ~= ARGV[2] then
      if currency == ARGV[2] or size > largest or (size == largest and currency < selected) then
        selected, largest = currency, size
      end
    end
  end
end
if selected == '' then selected = ARGV[2] end
local board = ARGV[5] .. selected
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
return {'1', selected, currencies, rows, own}
`,
);

/**
 * Replaces the boards of one index by those that were read from Postgres.
 *
 * KEYS  1 index, 2 lease
 * ARGV  1 token, 2 TTL (s), 3 and 4 as 5 and 6 above, then for each currency: currency, how many sellers, and
 *       for each seller: seller, sum, sales
 * Returns 1, or 0 when the caller no longer has the lease and must read Postgres again.
 * Atomic. Safe to repeat: a second call returns 0.
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
  for row = at, at + (size - 1) * 3, 3 do
    redis.call('ZADD', board, ARGV[row + 1], ARGV[row])
    redis.call('HSET', board .. ARGV[4], ARGV[row], ARGV[row + 2])
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
 * Sets one seller's sums in one currency, on every board that Redis has; revokes the lease of every index.
 *
 * KEYS  for each index: index, lease
 * ARGV  1 currency, 2 seller, 3 what follows the currency in the key of a board's sales, then for each
 *       index: what precedes the currency in a board's key, sum, sales (0: not on the board)
 * Returns how many boards were updated.
 * Atomic. Safe to repeat: the sums are absolute.
 */
export const setLeaderboardSums = defineScript(
  "setLeaderboardSums",
  `
local updated = 0
for i = 1, #KEYS / 2 do
  local index, lease = KEYS[i * 2 - 1], KEYS[i * 2]
  local board, sum, count = ARGV[i * 3 + 1] .. ARGV[1], ARGV[i * 3 + 2], ARGV[i * 3 + 3]
  local sales = board .. ARGV[3]
  redis.call('DEL', lease)
  if redis.call('SISMEMBER', index, 'built') == 1 then
    if redis.call('SISMEMBER', index, ARGV[1]) == 1 and redis.call('EXISTS', board, sales) < 2 then
      -- The board was evicted: with only this seller it would look complete.
      redis.call('DEL', index)
    else
      updated = updated + 1
      if count == '0' then
        redis.call('ZREM', board, ARGV[2])
        redis.call('HDEL', sales, ARGV[2])
        if redis.call('ZCARD', board) == 0 then redis.call('SREM', index, ARGV[1]) end
      else
        redis.call('ZADD', board, sum, ARGV[2])
        redis.call('HSET', sales, ARGV[2], count)
        redis.call('SADD', index, ARGV[1])
        local ttl = redis.call('PTTL', index)
        redis.call('PEXPIRE', board, ttl)
        redis.call('PEXPIRE', sales, ttl)
      end
    end
  end
end
return updated
`,
);
