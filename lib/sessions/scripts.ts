import { defineScript } from "../redis/define-script";

/**
 * The scripts of the session service. A session in Redis is a hash {era, generation, data}: it holds only while both
 * are those of now. The generation is the person's (it grows whenever their sessions or what they are called
 * change), the era the whole Redis's (it changes when Redis is so far behind that nothing in it may be believed).
 */

/**
 * KEYS  1 session, 2 generation of the person, 3 told, 4 state, 5 blacklisted token
 * ARGV  none
 * Returns [1 when the token is blacklisted, ms for which Redis may still be believed (0 not at all), era ('' none),
 *          the session's data ('' none, or of another era or generation)]
 * Reads alone.
 */
export const findSession = defineScript(
  "findSession",
  `
local session = redis.call('HMGET', KEYS[1], 'era', 'generation', 'data')
local generation = redis.call('HGET', KEYS[2], 'generation')
local era = redis.call('HGET', KEYS[4], 'era')
local holds = session[3] and era and session[1] == era and session[2] == generation
return {
  redis.call('EXISTS', KEYS[5]),
  math.max(0, redis.call('PTTL', KEYS[3])),
  era or '',
  holds and session[3] or ''
}
`,
);

/**
 * Keeps sessions as they were read from Postgres.
 *
 * KEYS  1 state, 2 generation of the person, 3 the person's sessions, then the sessions
 * ARGV  1 era, 2 generation they were read under, 3 longest life of a session (ms), 4 1 when these are all the
 *       person has, then for each session: id, expiry (ms), data
 * Returns 1; 0 when the era or the generation is no longer the one they were read under: then nothing changes
 * Atomic. Safe to repeat.
 */
export const putSessions = defineScript(
  "keepSessions",
  `
if redis.call('HGET', KEYS[1], 'era') ~= ARGV[1] then return 0 end
local known = redis.call('HGET', KEYS[2], 'generation')
if known and tonumber(known) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[2], 'generation', ARGV[2])
if ARGV[4] == '1' then
  redis.call('HSET', KEYS[2], 'listed', ARGV[2])
  redis.call('DEL', KEYS[3])
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', time[1] * 1000 + math.floor(time[2] / 1000))
for i = 4, #KEYS do
  local at = 5 + (i - 4) * 3
  redis.call('HSET', KEYS[i], 'era', ARGV[1], 'generation', ARGV[2], 'data', ARGV[at + 2])
  redis.call('PEXPIREAT', KEYS[i], ARGV[at + 1])
  redis.call('ZADD', KEYS[3], ARGV[at + 1], ARGV[at])
end
if #KEYS > 3 then redis.call('PEXPIRE', KEYS[3], ARGV[3]) end
return 1
`,
);

/**
 * KEYS  1 state, 2 generation of the person, 3 the person's sessions, 4 told
 * ARGV  none
 * Returns [ms for which Redis may still be believed, era ('' none), ids of all the person's sessions, soonest to
 *          expire first; or '' when Redis does not know all]
 * Reads alone.
 */
export const listSessionIds = defineScript(
  "listSessionIds",
  `
local person = redis.call('HMGET', KEYS[2], 'generation', 'listed')
local told = math.max(0, redis.call('PTTL', KEYS[4]))
local era = redis.call('HGET', KEYS[1], 'era') or ''
if era == '' or not person[1] or person[1] ~= person[2] then return {told, era, ''} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return {told, era, redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. now, '+inf')}
`,
);

/**
 * KEYS  1 state, 2 generation of the person, then the sessions
 * ARGV  none
 * Returns the data of each, '' for what is not there or of another era or generation
 * Reads alone.
 */
export const findSessions = defineScript(
  "findSessions",
  `
local generation = redis.call('HGET', KEYS[2], 'generation')
local era = redis.call('HGET', KEYS[1], 'era')
local answer = {}
for i = 3, #KEYS do
  local session = redis.call('HMGET', KEYS[i], 'era', 'generation', 'data')
  local holds = session[3] and era and session[1] == era and session[2] == generation
  answer[#answer + 1] = holds and session[3] or ''
end
return answer
`,
);

/**
 * Tells Redis that people's sessions changed: what was read under an older generation holds no more.
 *
 * KEYS  the people's generations
 * ARGV  1 longest life of a session (ms), then the generations
 * Returns 1
 * Atomic. Safe to repeat, in any order: a generation never goes back.
 */
export const raiseGenerations = defineScript(
  "raiseGenerations",
  `
for i = 1, #KEYS do
  local known = redis.call('HGET', KEYS[i], 'generation')
  if not known or tonumber(known) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[i], 'generation', ARGV[i + 1])
  end
  redis.call('PEXPIRE', KEYS[i], ARGV[1])
end
return 1
`,
);

/**
 * KEYS  1 state
 * ARGV  1 era to begin when there is none, or when Redis is further behind than
 *       2 (ms)
 * Returns [Redis's time (ms), era, ms since Redis surely knew all (or since the era began), 1 when the era has
 *          never been caught up]
 * Atomic. Safe to repeat.
 */
export const beginCatchUp = defineScript(
  "beginCatchUp",
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local state = redis.call('HMGET', KEYS[1], 'era', 'begun', 'caughtUp')
local since = tonumber(state[3] or state[2])
if not state[1] or not since or now - since > tonumber(ARGV[2]) then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'era', ARGV[1], 'begun', string.format('%.0f', now))
  return {now, ARGV[1], 0, 1}
end
return {now, state[1], math.max(0, now - since), state[3] and 0 or 1}
`,
);

/**
 * KEYS  1 state, 2 told
 * ARGV  1 era, 2 when the catch-up began (ms of Redis's clock), 3 until when Redis may be believed (ms)
 * Returns 1; 0 when another era has begun
 * Atomic. Safe to repeat: what is said later is never taken back.
 */
export const endCatchUp = defineScript(
  "endCatchUp",
  `
local state = redis.call('HMGET', KEYS[1], 'era', 'caughtUp')
if state[1] ~= ARGV[1] then return 0 end
if not state[2] or tonumber(state[2]) < tonumber(ARGV[2]) then
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
