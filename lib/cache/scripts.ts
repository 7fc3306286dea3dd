import { defineScript } from "../redis/script";

/**
 * Scripts of the cache manager. A *member* is `{namespace}:{key}`; its entry is `cache:{member}`, its load
 * lease `cache:lease:{member}`. An envelope begins with `{"id":…,"created":…,"ttl":…,"swr":…` (ms), so that
 * scripts can match these fields without decoding the rest.
 */

/**
 * Lua: adds a member to a tag, and removes some members that have expired. More than are added are removed, so that a tag
 * shrinks; all at once may be very many, and Redis would stand still.
 */
const ADD_TO_TAG = `
local function addToTag(tag, now, ttl, member)
  local expired = redis.call('ZCOUNT', tag, '-inf', now)
  if expired > 0 then redis.call('ZREMRANGEBYRANK', tag, 0, math.min(expired, 20) - 1) end
  redis.call('ZADD', tag, 'GT', now + tonumber(ttl), member)
  if redis.call('PTTL', tag) < tonumber(ttl) then redis.call('PEXPIRE', tag, ttl) end
end
`;

/**
 * Reads an entry and, when it is missing, expired, or due for a refresh, takes its load lease.
 *
 * KEYS  1 entry, 2 load lease, 3 trust lease, then the tags
 * ARGV  1 token, 2 TTL of the load lease (ms), 3 now (ms), 4 id of the entry the caller has ('' none), 5 id of an
 *       entry the caller cannot use ('' none), 6 fraction of the TTL after which an entry is refreshed early,
 *       7 member, 8 how long a tag must keep the member (ms); a tag lives as long as its longest member
 * Returns [1 when the trust lease exists, 1 when the load lease was taken, 0 no entry | 1 entry | 2 the one the
 *         caller has, entry or '']
 * Atomic. The tags list the member before its loader starts, so invalidating one revokes the load lease.
 */
export const readOrLease = defineScript(
  "readOrLease",
  `${ADD_TO_TAG}
local found = redis.call('MGET', KEYS[1], KEYS[3])
local state, needsLoad, leased = 0, true, 0
if found[1] then
  local id, created, ttl, swr =
    string.match(found[1], '^{"id":"([^"]*)","created":(%d+),"ttl":(%d+),"swr":(%d+)')
  if id and id ~= ARGV[5] then
    local age = tonumber(ARGV[3]) - tonumber(created)
    if age < tonumber(ttl) + tonumber(swr) then
      state = id == ARGV[4] and 2 or 1
      needsLoad = age >= tonumber(ttl) * tonumber(ARGV[6])
    end
  end
end
if needsLoad and redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
  leased = 1
  if #KEYS > 3 then
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    for tag = 4, #KEYS do addToTag(KEYS[tag], now, ARGV[8], ARGV[7]) end
  end
end
return {found[2] and 1 or 0, leased, state, state == 1 and found[1] or ''}
`,
);

/**
 * Stores a loaded value if its load lease is alive, and ends the lease.
 *
 * KEYS  1 entry, 2 load lease
 * ARGV  1 token, 2 envelope ('' removes the entry: there is nothing to cache), 3 TTL (ms)
 * Returns 1; 0 when the lease was revoked or has expired, then nothing changes
 * Atomic. Not safe to repeat: the second call finds no lease and returns 0.
 */
export const fillEntry = defineScript(
  "fillEntry",
  `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1], KEYS[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  redis.call('DEL', KEYS[2])
end
return 1
`,
);

/**
 * Renews or releases a load lease.
 *
 * KEYS  1 load lease
 * ARGV  1 token, 2 TTL (ms); 0 releases it
 * Returns 1; 0 when the lease has expired or has another token
 * Atomic. Safe to repeat.
 */
export const keepLease = defineScript(
  "keepLease",
  `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`,
);

/**
 * Stores an entry, overwriting the old one, and revokes its load lease.
 *
 * KEYS  1 entry, 2 load lease, then the tags
 * ARGV  1 envelope, 2 TTL (ms), 3 member; a tag lives as long as its longest member
 * Returns 1
 * Atomic. Safe to repeat.
 */
export const putEntry = defineScript(
  "putEntry",
  `${ADD_TO_TAG}
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
if #KEYS > 2 then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  for tag = 3, #KEYS do addToTag(KEYS[tag], now, ARGV[2], ARGV[3]) end
end
return 1
`,
);

/**
 * Invalidates members: removes their entries, revokes their load leases, and takes them out of tags.
 *
 * KEYS  for each member its entry and its load lease, then the tags
 * ARGV  the members (at least one)
 * Returns how many entries were removed
 * Atomic. Safe to repeat. Takes time proportional to the number of members times that of tags.
 */
export const dropEntries = defineScript(
  "dropEntries",
  `
local entries, leases = {}, {}
for i = 1, #ARGV do
  entries[i], leases[i] = KEYS[i * 2 - 1], KEYS[i * 2]
end
redis.call('DEL', unpack(leases))
for tag = #ARGV * 2 + 1, #KEYS do redis.call('ZREM', KEYS[tag], unpack(ARGV)) end
return redis.call('UNLINK', unpack(entries))
`,
);
