import { defineScript } from "../redis/script";

/**
 * The scripts of the leaderboards.
 *
 * The boards of one week, one month, or all time share an index, the set `leaderboard:{period}:{bucket}`: the
 * currencies that have a board, and the member `built`. Without `built` the boards are missing, even if other keys
 * exist: Redis was emptied, or the boards have expired. A board is a sorted set of sellers by the sum of their
 * sales, and a hash of their numbers of sales. Both store what Postgres computed, never a difference.
 *
 * A script may touch only declared keys, and the index says which boards exist: the caller declares the boards of the
 * currencies that it knows, and a script that finds another currency in the index changes nothing and returns them all.
 *
 * A rebuild is stored only while its lease is alive, and every new sum revokes the lease: a rebuild never overwrites
 * a sum that is newer than what it read. Its rows are staged under keys of their own, some in each call, since all of
 * them would occupy Redis for too long; the staged boards then become the boards.
 */

/** Lua: `boards[currency]` is `size` keys, board and sales first, from the currencies in ARGV[first] to ARGV[last]. */
const DECLARED_BOARDS = `
local function declaredBoards(first, last, size)
  local boards = {}
  for i = first, last do
    local key = 3 + (i - first) * size
    boards[ARGV[i]] = {unpack(KEYS, key, key + size - 1)}
  end
  return boards
end
-- The currencies of the index, and whether the boards of all of them are declared.
local function readIndex(boards)
  local currencies, known = {}, true
  for _, currency in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    if currency ~= 'built' then
      currencies[#currencies + 1] = currency
      if not boards[currency] then known = false end
    end
  end
  return currencies, known
end
`;

/**
 * Reads the top of one board, and a user's own row on it.
 *
 * KEYS  1 index, 2 lease, then for each declared currency: board, its sales
 * ARGV  1 currency ('' for the main one), 2 main currency, 3 how many rows, 4 user ('' for anonymous),
 *       5 token, 6 TTL of a lease (ms), then the declared currencies: the first two of these arguments among them
 * Returns {'0', '1' when the caller got the lease and must rebuild, else '0'} when the boards are missing,
 * {'2', currencies…} when a currency is not declared, else
 * {'1', currency, {currencies…}, {seller, sum, sales, …}, {how many rank above the user, sum, sales} or {}}.
 * Without a currency the main one is read if it has sales, else the one with the most sellers.
 * Atomic. Safe to repeat.
 */
export const readLeaderboard = defineScript(
  "readLeaderboard",
  `${DECLARED_BOARDS}
local function unbuilt()
  local leased = redis.call('SET', KEYS[2], ARGV[5], 'PX', ARGV[6], 'NX')
  return {'0', leased and '1' or '0'}
end
if redis.call('SISMEMBER', KEYS[1], 'built') == 0 then return unbuilt() end
local boards = declaredBoards(7, #ARGV, 2)
local currencies, known = readIndex(boards)
if not known then return {'2', unpack(currencies)} end
local selected, largest = ARGV[1], 0
for _, currency in ipairs(currencies) do
  local size = redis.call('ZCARD', boards[currency][1])
  -- The board was evicted and the index was not.
  if size == 0 then return unbuilt() end
  if ARGV[1] == '' and selected ~= ARGV[2] then
    if currency == ARGV[2] or size > largest or (size == largest and currency < selected) then
      selected, largest = currency, size
    end
  end
end
if selected == '' then selected = ARGV[2] end
local board, sales = unpack(boards[selected])
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
 * Stages rows of one board.
 *
 * KEYS  1 lease, 2 staged board, 3 its sales
 * ARGV  1 token, 2 TTL of the lease and of what is staged (ms), 3 '1' when these are the board's first rows, then for each
 *       seller (up to 1,000): seller, sum, sales
 * Returns 1; 0 when the caller no longer has the lease: then nothing changes
 * Atomic. Safe to repeat.
 */
export const stageLeaderboardRows = defineScript(
  "stageLeaderboardRows",
  `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
-- Of a rebuild that did not end.
if ARGV[3] == '1' then redis.call('UNLINK', KEYS[2], KEYS[3]) end
local sums, counts = {}, {}
for i = 4, #ARGV, 3 do
  local at = #sums
  sums[at + 1], sums[at + 2] = ARGV[i + 1], ARGV[i]
  counts[at + 1], counts[at + 2] = ARGV[i], ARGV[i + 2]
end
redis.call('ZADD', KEYS[2], unpack(sums))
redis.call('HSET', KEYS[3], unpack(counts))
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[3], ARGV[2])
return 1
`,
);

/**
 * Replaces the boards of one index by those that are staged.
 *
 * KEYS  1 index, 2 lease, then for each declared currency: board, its sales, staged board, its sales
 * ARGV  1 token, 2 TTL (s), 3 number of declared currencies, those currencies, then for each currency with sales:
 *       currency, how many sellers are staged
 * Returns {'1'}, {'0'} when the caller no longer has the lease, or what it staged is gone, and must read Postgres again,
 * or {'2', currencies…} when a currency of the index is not declared: then nothing changes.
 * Atomic. Safe to repeat: a second call returns {'0'}.
 */
export const storeLeaderboards = defineScript(
  "storeLeaderboards",
  `${DECLARED_BOARDS}
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return {'0'} end
local declared = tonumber(ARGV[3])
local boards = declaredBoards(4, 3 + declared, 4)
local currencies, known = readIndex(boards)
if not known then return {'2', unpack(currencies)} end
for at = 4 + declared, #ARGV, 2 do
  local staged, size = boards[ARGV[at]], tonumber(ARGV[at + 1])
  if redis.call('ZCARD', staged[3]) ~= size or redis.call('HLEN', staged[4]) ~= size then return {'0'} end
end
for _, currency in ipairs(currencies) do redis.call('UNLINK', boards[currency][1], boards[currency][2]) end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('SADD', KEYS[1], 'built')
for at = 4 + declared, #ARGV, 2 do
  local board, sales, stagedBoard, stagedSales = unpack(boards[ARGV[at]])
  redis.call('UNLINK', board, sales)
  redis.call('RENAME', stagedBoard, board)
  redis.call('RENAME', stagedSales, sales)
  redis.call('SADD', KEYS[1], ARGV[at])
  redis.call('EXPIRE', board, ARGV[2])
  redis.call('EXPIRE', sales, ARGV[2])
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return {'1'}
`,
);

/**
 * Sets one seller's sums in one currency, on every board that Redis has; revokes the lease of every index.
 *
 * KEYS  for each index: index, lease, the currency's board, its sales
 * ARGV  1 currency, 2 seller, then for each index: sum, sales (0: not on the board)
 * Returns how many boards were updated.
 * Atomic. Safe to repeat: the sums are absolute.
 */
export const setLeaderboardSums = defineScript(
  "setLeaderboardSums",
  `
local updated = 0
for i = 1, #KEYS / 4 do
  local index, lease, board, sales = KEYS[i * 4 - 3], KEYS[i * 4 - 2], KEYS[i * 4 - 1], KEYS[i * 4]
  local sum, count = ARGV[i * 2 + 1], ARGV[i * 2 + 2]
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
