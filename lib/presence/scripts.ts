import { defineReadOnlyScript, defineScript } from "../redis/script";

/**
 * The scripts of the presence service. A user is present until their lease ends, by Redis' clock; the instances of their
 * streams renew it. Three keys: a sorted set of each user's streams by the time until which they are registered, a sorted
 * set of the present users who are not hidden by the end of their lease, and a hash {state, seen, hides, hidesAt,
 * away:{stream}} of each user. `state` is the last published state, `seen` (ms) when a script last found the user present,
 * `hides` the user's `hidesPresence` as Postgres had it at `hidesAt` (ms).
 */

const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
`;

/**
 * Reads one user. `settle(hides, leaseMs)` writes what follows from `streams`, renews the lease unless it is nil, and
 * returns the reply of the scripts that use it.
 */
const USER = `${CLOCK}
local user, streams, removed = {}, {}, {}
local fields = redis.call('HGETALL', KEYS[2])
for i = 1, #fields, 2 do user[fields[i]] = fields[i + 1] end
local exists, wasPresent = #fields > 0, false
local stored = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #stored, 2 do
  if tonumber(stored[i + 1]) > now then
    streams[stored[i]] = tonumber(stored[i + 1])
    wasPresent = true
  else
    removed[#removed + 1] = stored[i]
  end
end
local function settle(hides, leaseMs)
  for _, stream in ipairs(removed) do
    redis.call('ZREM', KEYS[1], stream)
    if user['away:' .. stream] then redis.call('HDEL', KEYS[2], 'away:' .. stream) end
  end
  local present, front = false, false
  for stream in pairs(streams) do
    present = true
    if not user['away:' .. stream] then front = true end
  end
  local state = 'offline'
  if hides ~= '1' then
    if front then state = 'online' elseif present then state = 'away' end
    if wasPresent or present then user.seen = text(now) end
  end
  redis.call('HSET', KEYS[2], 'state', state, 'seen', user.seen or '0')
  if present then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    redis.call('PEXPIRE', KEYS[2], ARGV[2])
  else
    redis.call('PEXPIRE', KEYS[2], ARGV[3])
  end
  if state == 'offline' then redis.call('ZREM', KEYS[3], ARGV[1])
  elseif leaseMs then redis.call('ZADD', KEYS[3], text(now + leaseMs), ARGV[1]) end
  return {state ~= (user.state or 'offline') and 1 or 0, state, tonumber(user.seen or '0') or 0, now}
end
`;

/**
 * Registers a stream, or its new state.
 *
 * KEYS  1 the user's streams, 2 the user, 3 present users
 * ARGV  1 user, 2 TTL of a present user (ms), 3 TTL of an absent one (ms), 4 stream, 5 'away' or 'online', 6 TTL of the
 *       registration (ms), 7 TTL of the copy of hides (ms), 8 hides as Postgres has it ('0', '1'; '' not read yet, '?'
 *       Postgres is unavailable), 9 lease (ms)
 * Returns [1 when the state differs from the last published one, state, last seen (ms, 0 unknown), Redis' time (ms)];
 *          0 when hides must be read from Postgres first: then nothing changes
 * Atomic. Safe to repeat.
 */
export const recordPresenceHeartbeat = defineScript(
  "beatPresence",
  `${USER}
local hides = user.hides
if now - (tonumber(user.hidesAt or '') or 0) >= tonumber(ARGV[7]) then
  if ARGV[8] == '' then return 0 end
  if ARGV[8] == '?' then
    hides = hides or '1'
  else
    hides = ARGV[8]
    redis.call('HSET', KEYS[2], 'hides', hides, 'hidesAt', text(now))
  end
end
if hides == '1' then user.seen = nil end
local away = 'away:' .. ARGV[4]
if ARGV[5] == 'away' and not user[away] then
  redis.call('HSET', KEYS[2], away, '1')
  user[away] = '1'
elseif ARGV[5] ~= 'away' and user[away] then
  redis.call('HDEL', KEYS[2], away)
  user[away] = nil
end
for i, stream in ipairs(removed) do
  if stream == ARGV[4] then table.remove(removed, i) break end
end
streams[ARGV[4]] = now + tonumber(ARGV[6])
redis.call('ZADD', KEYS[1], text(streams[ARGV[4]]), ARGV[4])
return settle(hides, tonumber(ARGV[9]))
`,
);

/**
 * Removes a stream. A user with another one keeps the lease, which the instance of that one renews.
 *
 * KEYS  1 the user's streams, 2 the user, 3 present users
 * ARGV  1 user, 2 TTL of a present user (ms), 3 TTL of an absent one (ms), 4 stream
 * Returns the same as beatPresence, but never 0
 * Atomic. Safe to repeat.
 */
export const closePresence = defineScript(
  "closePresence",
  `${USER}
if not exists and not wasPresent and #removed == 0 then return {0, 'offline', 0, now} end
if streams[ARGV[4]] then
  streams[ARGV[4]] = nil
  removed[#removed + 1] = ARGV[4]
end
return settle(user.hides or '1')
`,
);

/**
 * Hides or shows a user's presence.
 *
 * KEYS  1 the user's streams, 2 the user, 3 present users
 * ARGV  1 user, 2 TTL of a present user (ms), 3 TTL of an absent one (ms), 4 '1' hidden, '0' visible,
 *       5 lease (ms)
 * Returns the same as beatPresence, but never 0
 * Atomic. Safe to repeat.
 */
export const setPresenceHidden = defineScript(
  "hidePresence",
  `${USER}
redis.call('HSET', KEYS[2], 'hides', ARGV[4], 'hidesAt', text(now))
if ARGV[4] == '1' then user.seen = nil end
return settle(ARGV[4], tonumber(ARGV[5]))
`,
);

/**
 * Removes those of some users who have expired. Of concurrent callers exactly one gets each user.
 *
 * KEYS  1 present users, then for each user: their hash, their streams
 * ARGV  1 TTL of an absent user (ms), 2 lease (ms), then the users (at least one)
 * Returns for each expired user: id, last seen (ms)
 * Atomic. Not safe to repeat: only the first call returns an expired user, and its caller must publish that.
 */
export const sweepPresence = defineScript(
  "sweepPresence",
  `${CLOCK}
local reply, users = {}, {unpack(ARGV, 3)}
local expiries = redis.call('ZMSCORE', KEYS[1], unpack(users))
for i, id in ipairs(users) do
  local expiry = tonumber(expiries[i] or '')
  if expiry and expiry <= now then
    local key, streams = KEYS[i * 2], KEYS[i * 2 + 1]
    local seen = math.max(tonumber(redis.call('HGET', key, 'seen') or '') or 0, expiry - ARGV[2])
    redis.call('DEL', key, streams)
    redis.call('HSET', key, 'state', 'offline', 'seen', text(seen))
    redis.call('PEXPIRE', key, ARGV[1])
    redis.call('ZREM', KEYS[1], id)
    reply[#reply + 1] = id
    reply[#reply + 1] = seen
  end
end
return reply
`,
);

/**
 * KEYS  1 present users, then the hash of each requested user
 * ARGV  1 lease (ms), then the ids of the requested users (at least one)
 * Returns [number of present users, then for each requested: state, last seen (ms, 0 unknown or hidden)]
 * Read-only.
 */
export const readPresences = defineReadOnlyScript(
  "readPresences",
  `${CLOCK}
local ids = {}
for i = 2, #ARGV do ids[#ids + 1] = ARGV[i] end
local expiries = redis.call('ZMSCORE', KEYS[1], unpack(ids))
local reply = {redis.call('ZCOUNT', KEYS[1], '(' .. text(now), '+inf')}
for i = 1, #ids do
  local user = redis.call('HMGET', KEYS[i + 1], 'state', 'seen', 'hides')
  local expiry = tonumber(expiries[i] or 0)
  local state, seen = 'offline', tonumber(user[2] or '') or 0
  if user[3] == '1' then
    seen = 0
  elseif expiry > now then
    state = user[1] == 'away' and 'away' or 'online'
  end
  if expiry > 0 and user[3] ~= '1' then seen = math.max(seen, expiry - ARGV[1]) end
  reply[#reply + 1] = state
  reply[#reply + 1] = seen
end
return reply
`,
);

/**
 * One page of the present users.
 *
 * KEYS  1 present users
 * ARGV  1 lowest expiry (ms; 0: those who are present now), 2 most users
 * Returns {id, expiry (ms), id, expiry, …}, the first to expire first
 * Read-only.
 */
export const listOnlineUsers = defineReadOnlyScript(
  "listPresent",
  `${CLOCK}
local first = ARGV[1] == '0' and '(' .. text(now) or ARGV[1]
return redis.call('ZRANGEBYSCORE', KEYS[1], first, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
`,
);

/**
 * KEYS  1 present users
 * ARGV  none
 * Returns their number
 * Read-only.
 */
export const countOnlineUsers = defineReadOnlyScript(
  "countPresent",
  `${CLOCK}
return redis.call('ZCOUNT', KEYS[1], '(' .. text(now), '+inf')
`,
);

/**
 * Deletes the presence of users.
 *
 * KEYS  1 present users, then for each user: their streams, their hash
 * ARGV  the users
 * Returns the ids of those who were present
 * Atomic. Not safe to repeat: only the first call returns a user, and its caller must publish that.
 */
export const deletePresences = defineScript(
  "forgetPresence",
  `
local reply = {}
for i, id in ipairs(ARGV) do
  redis.call('DEL', KEYS[i * 2], KEYS[i * 2 + 1])
  if redis.call('ZREM', KEYS[1], id) == 1 then reply[#reply + 1] = id end
end
return reply
`,
);
