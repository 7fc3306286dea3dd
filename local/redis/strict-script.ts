import { AVAILABLE_COMMAND_NAMES } from "./commands";

/**
 * Checks what a script calls, as Upstash does: the commands must exist there, and under `allow-key-locking` every key
 * must be declared in KEYS and no command may need the whole database. The checks are Lua that is put in front of the
 * script and replaces its `redis`, so they work on every engine. They do not see functions (FCALL).
 */

/** Where the keys of a command are, for those whose first argument is not their only key. */
const KEY_POSITIONS: Readonly<Record<string, string>> = {
  none: "PING ECHO TIME PUBLISH",
  database: "DBSIZE FLUSHALL FLUSHDB KEYS RANDOMKEY SCAN",
  all: "DEL EXISTS MGET PFCOUNT PFMERGE SDIFF SDIFFSTORE SINTER SINTERSTORE SUNION SUNIONSTORE TOUCH UNLINK",
  pairs: "MSET MSETNX",
  two: "COPY GEOSEARCHSTORE LMOVE RENAME RENAMENX RPOPLPUSH SMOVE ZRANGESTORE",
  counted: "LMPOP SINTERCARD ZDIFF ZINTER ZINTERCARD ZMPOP ZUNION",
  stored: "ZDIFFSTORE ZINTERSTORE ZUNIONSTORE",
  second: "MEMORY XGROUP XINFO",
  rest: "BITOP",
  streams: "XREAD XREADGROUP",
};

const KEY_POSITION_TABLE = Object.entries(KEY_POSITIONS)
  .flatMap(([position, names]) => names.split(" ").map((name) => `${name}='${position}'`))
  .join(",");

const CHECKS = `
local redis = (function(redis, locksKeys)
  local positions = {${KEY_POSITION_TABLE}}
  local available = ' ${AVAILABLE_COMMAND_NAMES.join(" ")} '
  local declared = {}
  for i = 1, #KEYS do declared[KEYS[i]] = true end
  local function range(args, first, last, step)
    local keys = {}
    for i = first, math.min(last, #args), step do keys[#keys + 1] = args[i] end
    return keys
  end
  local function findKeys(name, args)
    local position = positions[name]
    if position == 'none' then return {} end
    if position == 'all' then return range(args, 2, #args, 1) end
    if position == 'pairs' then return range(args, 2, #args, 2) end
    if position == 'two' then return range(args, 2, 3, 1) end
    if position == 'counted' then return range(args, 3, 2 + (tonumber(args[2]) or 0), 1) end
    if position == 'stored' then
      local keys = range(args, 4, 3 + (tonumber(args[3]) or 0), 1)
      keys[#keys + 1] = args[2]
      return keys
    end
    if position == 'second' then return range(args, 3, 3, 1) end
    if position == 'rest' then return range(args, 3, #args, 1) end
    if position == 'streams' then
      for i = 2, #args do
        if string.upper(tostring(args[i])) == 'STREAMS' then return range(args, i + 1, i + (#args - i) / 2, 1) end
      end
    end
    return range(args, 2, 2, 1)
  end
  local function findProblem(args)
    local name = string.upper(tostring(args[1] or ''))
    if not string.find(available, ' ' .. name .. ' ', 1, true) and not string.find(name, '^JSON%.') then
      return "Command is not available: '" .. name .. "'"
    end
    if not locksKeys then return nil end
    if positions[name] == 'database' then
      return "'" .. name .. "' needs the whole database, which a script with allow-key-locking cannot lock"
    end
    for _, key in ipairs(findKeys(name, args)) do
      if not declared[tostring(key)] then
        return "Script with allow-key-locking attempted to access undeclared key '" .. tostring(key) .. "'"
      end
    end
  end
  local function call(...)
    local problem = findProblem({...})
    if problem then error(problem, 0) end
    return redis.call(...)
  end
  local function pcall(...)
    local problem = findProblem({...})
    if problem then return redis.error_reply('ERR ' .. problem) end
    return redis.pcall(...)
  end
  return setmetatable({call = call, pcall = pcall}, {__index = redis})
end)`;

/** On one line, so that the script's own lines keep their numbers; a failed call is always reported for line 1. */
const CHECKS_LINE = CHECKS.trim().replace(/\s*\n\s*/g, " ");

/** @param locksKeys  whether the script has the flag `allow-key-locking` */
export function strictPreamble(locksKeys: boolean): string {
  return `${CHECKS_LINE}(redis, ${locksKeys}) `;
}
