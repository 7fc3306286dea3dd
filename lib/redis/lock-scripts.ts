import { defineScript } from "./script";

/** The scripts of locks. While a lock is held, its key has the value `{token}:{fencing number}`. */

/**
 * Acquires the lock if it is free.
 *
 * KEYS  1 lock, 2 last fencing number
 * ARGV  1 token (no colon), 2 TTL (ms), 3 highest fencing number the caller has seen ('0' none)
 * Returns [1, fencing number] or, when another owner has it, [0, ms until it expires]
 * The fencing number is the server's clock in microseconds, but above the last one of any lock and above what
 * the caller has seen. It is returned as text because Lua would round it.
 * Atomic. Safe to repeat with the same token: the lock stays the same and its TTL starts again.
 */
export const acquireLock = defineScript(
  "acquireLock",
  `
local token, fence = string.match(redis.call('GET', KEYS[1]) or '', '^([^:]*):(%d+)$')
if token then
  if token ~= ARGV[1] then return {'0', tostring(redis.call('PTTL', KEYS[1]))} end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return {'1', fence}
end
local time = redis.call('TIME')
local last = math.max(tonumber(redis.call('GET', KEYS[2]) or 0) or 0, tonumber(ARGV[3]))
local fence = string.format('%.0f', math.max(tonumber(time[1]) * 1000000 + tonumber(time[2]), last + 1))
redis.call('SET', KEYS[2], fence)
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. fence, 'PX', ARGV[2])
return {'1', fence}
`,
);

/**
 * Extends or releases a lock.
 *
 * KEYS  1 lock
 * ARGV  1 token, 2 TTL from now (ms); 0 releases it
 * Returns 1; 0 when another owner has it or it has expired: then nothing changes
 * Atomic. Safe to repeat.
 */
export const keepLock = defineScript(
  "keepLock",
  `
local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^([^:]*):') ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`,
);
