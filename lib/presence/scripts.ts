import { defineScript } from "../redis/define-script";

/**
 * The scripts of the presence service. A stream is here until its expiry, by Redis's clock: what nobody renews is over
 * by itself. Three keys hold it: a person's streams by expiry, the people who are here (and do not hide) by the latest
 * expiry of theirs, and a hash {state, seen, front, hides, hidesAt, away:{stream}} of each person. `state` is what was
 * said of them last, `seen` (ms) when they were here last, `front` (ms) until when some stream of theirs is not away,
 * `hides` whether they hide, as Postgres had it at `hidesAt` (ms).
 */

const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
local function nextInMs(online)
  local first = redis.call('ZRANGE', online, 0, 0, 'WITHSCORES')
  return first[2] and math.max(0, tonumber(first[2]) - now) or -1
end
`;

/**
 * Reads one person and says how to write them back. `settle(hides)` writes what follows from `streams`, and answers as
 * the scripts that use it do.
 */
const PERSON = `${CLOCK}
local person, streams, gone = {}, {}, {}
local fields = redis.call('HGETALL', KEYS[2])
for i = 1, #fields, 2 do person[fields[i]] = fields[i + 1] end
local known, wasHere = #fields > 0, false
local listed = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #listed, 2 do
  if tonumber(listed[i + 1]) > now then
    streams[listed[i]] = tonumber(listed[i + 1])
    wasHere = true
  else
    gone[#gone + 1] = listed[i]
  end
end
local function settle(hides)
  for _, stream in ipairs(gone) do
    redis.call('ZREM', KEYS[1], stream)
    if person['away:' .. stream] then redis.call('HDEL', KEYS[2], 'away:' .. stream) end
  end
  local here, front = 0, 0
  for stream, expiry in pairs(streams) do
    here = math.max(here, expiry)
    if not person['away:' .. stream] then front = math.max(front, expiry) end
  end
  local state = 'offline'
  if hides ~= '1' then
    if front > 0 then state = 'online' elseif here > 0 then state = 'away' end
    if wasHere or here > 0 then person.seen = text(now) end
  end
  redis.call('HSET', KEYS[2], 'state', state, 'front', text(front), 'seen', person.seen or '0')
  if here > 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    redis.call('PEXPIRE', KEYS[2], ARGV[2])
  else
    redis.call('PEXPIRE', KEYS[2], ARGV[3])
  end
  if state == 'offline' then redis.call('ZREM', KEYS[3], ARGV[1])
  else redis.call('ZADD', KEYS[3], text(here), ARGV[1]) end
  return {state ~= (person.state or 'offline') and 1 or 0, state, tonumber(person.seen or '0'), nextInMs(KEYS[3])}
end
`;

/**
 * A stream shows that it is there.
 *
 * KEYS  1 the person's streams, 2 the person, 3 people who are here
 * ARGV  1 person, 2 TTL of who is here (ms), 3 TTL of who is not (ms), 4 stream, 5 'away' or 'online', 6 how long it is
 *       there from now on (ms), 7 for how long it is believed whether the person hides (ms), 8 whether they do ('0',
 *       '1'; '' not asked yet, '?' nobody can say)
 * Returns [1 when their state is another than was said, state, last seen (ms, 0 unknown), ms until the first of all
 *          people expires (-1 nobody is here)]; 0 when it must be asked whether they hide: then nothing changes
 * Atomic. Safe to repeat.
 */
export const recordPresenceHeartbeat = defineScript(
  "beatPresence",
  `${PERSON}
local hides = person.hides
if not person.hidesAt or now - tonumber(person.hidesAt) >= tonumber(ARGV[7]) then
  if ARGV[8] == '' then return 0 end
  if ARGV[8] == '?' then
    hides = hides or '1'
  else
    hides = ARGV[8]
    redis.call('HSET', KEYS[2], 'hides', hides, 'hidesAt', text(now))
  end
end
if hides == '1' then person.seen = nil end
local away = 'away:' .. ARGV[4]
if ARGV[5] == 'away' and not person[away] then
  redis.call('HSET', KEYS[2], away, '1')
  person[away] = '1'
elseif ARGV[5] ~= 'away' and person[away] then
  redis.call('HDEL', KEYS[2], away)
  person[away] = nil
end
for i, stream in ipairs(gone) do
  if stream == ARGV[4] then table.remove(gone, i) break end
end
streams[ARGV[4]] = now + tonumber(ARGV[6])
redis.call('ZADD', KEYS[1], text(streams[ARGV[4]]), ARGV[4])
return settle(hides)
`,
);

/**
 * A stream is closed.
 *
 * KEYS  1 the person's streams, 2 the person, 3 people who are here
 * ARGV  1 person, 2 TTL of who is here (ms), 3 TTL of who is not (ms), 4 stream
 * Returns as beatPresence, never 0
 * Atomic. Safe to repeat.
 */
export const closePresence = defineScript(
  "closePresence",
  `${PERSON}
if not known and not wasHere and #gone == 0 then return {0, 'offline', 0, nextInMs(KEYS[3])} end
if streams[ARGV[4]] then
  streams[ARGV[4]] = nil
  gone[#gone + 1] = ARGV[4]
end
return settle(person.hides or '1')
`,
);

/**
 * A person hides from now on, or does so no more.
 *
 * KEYS  1 the person's streams, 2 the person, 3 people who are here
 * ARGV  1 person, 2 TTL of who is here (ms), 3 TTL of who is not (ms), 4 '1' hides, '0' does not
 * Returns as beatPresence, never 0
 * Atomic. Safe to repeat.
 */
export const setPresenceHidden = defineScript(
  "hidePresence",
  `${PERSON}
redis.call('HSET', KEYS[2], 'hides', ARGV[4], 'hidesAt', text(now))
if ARGV[4] == '1' then person.seen = nil end
return settle(ARGV[4])
`,
);

/**
 * Takes out whoever is here no more. Of several that run it, one hears of each person.
 *
 * KEYS  1 people who are here
 * ARGV  1 most people at once, 2 TTL of who is not here (ms), 3 how long a stream is there after a beat (ms), 4 and 5
 *       what stands before a person's id in the key of their hash and of their streams
 * Returns [ms until the next person expires (-1 nobody is here), then for each who has: id, last seen (ms)]
 * Atomic. Not safe to repeat: whoever runs it first tells of them.
 */
export const sweepPresence = defineScript(
  "sweepPresence",
  `${CLOCK}
local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[1])
local answer, people = {0}, {}
for i = 1, #expired, 2 do
  local id = expired[i]
  local key = ARGV[4] .. id
  local seen = tonumber(redis.call('HGET', key, 'seen') or expired[i + 1] - ARGV[3])
  redis.call('DEL', key, ARGV[5] .. id)
  redis.call('HSET', key, 'state', 'offline', 'seen', text(seen))
  redis.call('PEXPIRE', key, ARGV[2])
  people[#people + 1] = id
  answer[#answer + 1] = id
  answer[#answer + 1] = seen
end
if #people > 0 then redis.call('ZREM', KEYS[1], unpack(people)) end
answer[1] = nextInMs(KEYS[1])
return answer
`,
);

/**
 * KEYS  1 people who are here, then the people that are asked about
 * ARGV  1 how long a stream is there after a beat (ms), then the people that are asked about (at least one)
 * Returns [how many are here, then for each: state, last seen (ms, 0 unknown or nobody's business)]
 * Reads alone.
 */
export const readPresences = defineScript(
  "readPresences",
  `${CLOCK}
local ids = {}
for i = 2, #ARGV do ids[#ids + 1] = ARGV[i] end
local expiries = redis.call('ZMSCORE', KEYS[1], unpack(ids))
local answer = {redis.call('ZCOUNT', KEYS[1], '(' .. text(now), '+inf')}
for i = 1, #ids do
  local person = redis.call('HMGET', KEYS[i + 1], 'front', 'seen', 'hides')
  local expiry = tonumber(expiries[i] or 0)
  local state, seen = 'offline', tonumber(person[2] or 0)
  if person[3] == '1' then
    seen = 0
  elseif expiry > now then
    state = tonumber(person[1] or expiry) > now and 'online' or 'away'
  end
  if expiry > 0 and seen == 0 and person[3] ~= '1' then seen = expiry - ARGV[1] end
  answer[#answer + 1] = state
  answer[#answer + 1] = seen
end
return answer
`,
);

/**
 * KEYS  1 people who are here
 * ARGV  none
 * Returns their ids, whoever expires first in front
 * Reads alone.
 */
export const listOnlineUsers = defineScript(
  "listPresent",
  `${CLOCK}
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. text(now), '+inf')
`,
);

/**
 * KEYS  1 people who are here
 * ARGV  none
 * Returns how many they are
 * Reads alone.
 */
export const countOnlineUsers = defineScript(
  "countPresent",
  `${CLOCK}
return redis.call('ZCOUNT', KEYS[1], '(' .. text(now), '+inf')
`,
);

/**
 * Knows nothing of some people any more.
 *
 * KEYS  1 people who are here, then for each person: their streams, their hash
 * ARGV  the people
 * Returns the ids of those who were here
 * Atomic. Not safe to repeat: whoever runs it first tells of them.
 */
export const deletePresences = defineScript(
  "forgetPresence",
  `
local answer = {}
for i, id in ipairs(ARGV) do
  redis.call('DEL', KEYS[i * 2], KEYS[i * 2 + 1])
  if redis.call('ZREM', KEYS[1], id) == 1 then answer[#answer + 1] = id end
end
return answer
`,
);
