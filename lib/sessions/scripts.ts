import { defineScript } from "../redis/script";

/**
 * The scripts of the session service. A session in Redis is a hash {era, generation, data} and valid only while both
 * are current. The generation is the user's: it grows with every change of their sessions, name, address or role. The
 * era, `epoch` in the code, is of all Redis: it changes when Redis lags so far behind that none of its sessions may be
 * used.
 */

/**
 * KEYS  1 session, 2 generation of the user, 3 trust lease, 4 state, 5 blacklisted token
 * ARGV  none
 * Returns [1 when the token is blacklisted, ms left of the trust lease (0 none), era ('' none), the session's data
 *          ('' none, or of another era or generation)]
 * Read-only.
 */
export const findSession = defineScript(
  "findSession",
  `
local session = redis.call('HMGET', KEYS[1], 'era', 'generation', 'data')
local generation = redis.call('HGET', KEYS[2], 'generation')
local era = redis.call('HGET', KEYS[4], 'era')
local valid = session[3] and era and session[1] == era and session[2] == generation
return {
  redis.call('EXISTS', KEYS[5]),
  math.max(0, redis.call('PTTL', KEYS[3])),
  era or '',
  valid and session[3] or ''
}
`,
);

/**
 * Stores sessions as they were read from Postgres.
 *
 * KEYS  1 state, 2 generation of the user, 3 the user's sessions, then the sessions
 * ARGV  1 era, 2 generation they were read under, 3 longest life of a session (ms), 4 1 when these are all of the user,
 *       then for each session: id, expiry (ms), data
 * Returns 1; 0 when the era has changed or a later generation is known: then nothing changes
 * Atomic. Safe to repeat.
 */
export const putSessions = defineScript(
  "keepSessions",
  `
if redis.call('HGET', KEYS[1], 'era') ~= ARGV[1] then return 0 end
local generation = redis.call('HGET', KEYS[2], 'generation')
if generation and (tonumber(generation) or 0) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[2], 'generation', ARGV[2])
if ARGV[4] == '1' then
  redis.call('HSET', KEYS[2], 'listed', ARGV[2])
  redis.call('DEL', KEYS[3])
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', time[1] * 1000 + math.floor(time[2] / 1000))
for i = 4, #KEYS do
  local offset = 5 + (i - 4) * 3
  redis.call('HSET', KEYS[i], 'era', ARGV[1], 'generation', ARGV[2], 'data', ARGV[offset + 2])
  redis.call('PEXPIREAT', KEYS[i], ARGV[offset + 1])
  redis.call('ZADD', KEYS[3], ARGV[offset + 1], ARGV[offset])
end
if #KEYS > 3 then redis.call('PEXPIRE', KEYS[3], ARGV[3]) end
return 1
`,
);

/**
 * KEYS  1 state, 2 generation of the user, 3 the user's sessions, 4 trust lease
 * ARGV  none
 * Returns [ms left of the trust lease (0 none), era ('' none), ids of all the user's sessions, the first to expire
 *          first; or '' when Redis does not have all]
 * Read-only.
 */
export const listSessionIds = defineScript(
  "listSessionIds",
  `
local user = redis.call('HMGET', KEYS[2], 'generation', 'listed')
local trustMs = math.max(0, redis.call('PTTL', KEYS[4]))
local era = redis.call('HGET', KEYS[1], 'era') or ''
if era == '' or not user[1] or user[1] ~= user[2] then return {trustMs, era, ''} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ids = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. now, '+inf')
-- The list may have been evicted: its reader has a session.
return {trustMs, era, #ids > 0 and ids or ''}
`,
);

/**
 * KEYS  1 state, 2 generation of the user, then the sessions
 * ARGV  none
 * Returns the data of each, '' for one that is missing or of another era or generation
 * Read-only.
 */
export const findSessions = defineScript(
  "findSessions",
  `
local generation = redis.call('HGET', KEYS[2], 'generation')
local era = redis.call('HGET', KEYS[1], 'era')
local reply = {}
for i = 3, #KEYS do
  local session = redis.call('HMGET', KEYS[i], 'era', 'generation', 'data')
  local valid = session[3] and era and session[1] == era and session[2] == generation
  reply[#reply + 1] = valid and session[3] or ''
end
return reply
`,
);

/**
 * Records that users' sessions changed: sessions read under an older generation are no longer valid.
 *
 * KEYS  the users' generations
 * ARGV  1 longest life of a session (ms), then the generations
 * Returns 1
 * Atomic. Safe to repeat, in any order: a generation never goes back.
 */
export const raiseGenerations = defineScript(
  "raiseGenerations",
  `
for i = 1, #KEYS do
  local generation = redis.call('HGET', KEYS[i], 'generation')
  if (tonumber(generation or '') or -1) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[i], 'generation', ARGV[i + 1])
  end
  redis.call('PEXPIRE', KEYS[i], ARGV[1])
end
return 1
`,
);

/**
 * Says whether a new era must begin; `endCatchUp` begins it, when Postgres has answered: without it, Redis would have no
 * sessions at all.
 *
 * KEYS  1 state
 * ARGV  1 era to begin when there is none or the lag exceeds the maximum, 2 maximum lag (ms)
 * Returns [Redis' time (ms), era, lag: ms since the last catch-up, 1 when the era is the one to begin, the era that it
 *          replaces ('' none)]
 * Read-only.
 */
export const beginCatchUp = defineScript(
  "beginCatchUp",
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local state = redis.call('HMGET', KEYS[1], 'era', 'caughtUp')
local since = tonumber(state[2] or '')
if not state[1] or not since or now - since > tonumber(ARGV[2]) then
  return {now, ARGV[1], 0, 1, state[1] or ''}
end
return {now, state[1], math.max(0, now - since), 0, ''}
`,
);

/**
 * KEYS  1 state, 2 trust lease
 * ARGV  1 era, 2 start of the catch-up (ms of Redis' clock), 3 end of the trust lease (ms), 4 1 to begin the era, 5 the
 *       era that it replaces ('' none)
 * Returns 1; 0 when another era has begun
 * Atomic. Safe to repeat: neither time ever moves back.
 */
export const endCatchUp = defineScript(
  "endCatchUp",
  `
local state = redis.call('HMGET', KEYS[1], 'era', 'caughtUp')
if ARGV[4] == '1' and (state[1] or '') == ARGV[5] then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'era', ARGV[1], 'caughtUp', ARGV[2])
elseif state[1] ~= ARGV[1] then
  return 0
end
if (tonumber(state[2] or '') or -1) < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], 'caughtUp', ARGV[2])
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if tonumber(ARGV[3]) > now + redis.call('PTTL', KEYS[2]) and tonumber(ARGV[3]) > now then
  redis.call('SET', KEYS[2], '1', 'PX', string.format('%.0f', tonumber(ARGV[3]) - now))
end
return 1
`,
);
