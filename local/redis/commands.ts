import { ErrorReply } from "./resp/reply";

/*
 * Commands available over REST, from Upstash's command reference. Upstash refuses all others, so they are refused
 * here too, even where the engine supports them. Commands that scripts call are checked in strict
 * mode (strict-script.ts).
 */

const AVAILABLE_COMMANDS = commandSet(`
  APPEND DECR DECRBY DELEX DIGEST GET GETDEL GETEX GETRANGE GETSET INCR INCRBY INCRBYFLOAT MGET MSET MSETNX
  PSETEX SET SETEX SETNX SETRANGE STRLEN SUBSTR
  BITCOUNT BITFIELD BITFIELD_RO BITOP BITPOS GETBIT SETBIT
  COPY DEL DUMP EXISTS EXPIRE EXPIREAT EXPIRETIME KEYS MEMORY PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PTTL
  RANDOMKEY RENAME RENAMENX RESTORE SCAN TOUCH TTL TYPE UNLINK WAIT
  GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUS_RO GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO GEOSEARCH
  GEOSEARCHSTORE
  HDEL HEXISTS HEXPIRE HEXPIREAT HEXPIRETIME HGET HGETALL HGETDEL HGETEX HINCRBY HINCRBYFLOAT HKEYS HLEN HMGET
  HMSET HPERSIST HPEXPIRE HPEXPIREAT HPEXPIRETIME HPTTL HRANDFIELD HSCAN HSET HSETEX HSETNX HSTRLEN HTTL HVALS
  PFADD PFCOUNT PFMERGE
  LINDEX LINSERT LLEN LMOVE LMPOP LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM RPOP RPOPLPUSH RPUSH RPUSHX
  SADD SCARD SDIFF SDIFFSTORE SINTER SINTERCARD SINTERSTORE SISMEMBER SMEMBERS SMISMEMBER SMOVE SPOP
  SRANDMEMBER SREM SSCAN SUNION SUNIONSTORE
  ZADD ZCARD ZCOUNT ZDIFF ZDIFFSTORE ZINCRBY ZINTER ZINTERCARD ZINTERSTORE ZLEXCOUNT ZMPOP ZMSCORE ZPOPMAX
  ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANGESTORE ZRANK ZREM ZREMRANGEBYLEX ZREMRANGEBYRANK
  ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE ZUNION ZUNIONSTORE
  XACK XACKDEL XADD XAUTOCLAIM XCLAIM XDEL XDELEX XGROUP XINFO XLEN XPENDING XRANGE XREAD XREADGROUP XREVRANGE
  XTRIM
  EVAL EVALSHA EVAL_RO EVALSHA_RO SCRIPT FCALL FCALL_RO FUNCTION
  PUBLISH PUBSUB PING ECHO ACL COMMAND CONFIG DBSIZE FLUSHALL FLUSHDB INFO TIME
`);

/** Sorted as above. */
export const AVAILABLE_COMMAND_NAMES: readonly string[] = [...AVAILABLE_COMMANDS];

/** Modules of Upstash that a plain engine lacks: sent on, so that the engine's error is the answer. */
const MODULE_COMMANDS = /^(JSON|SEARCH)\./;

/** Commands of a read-only token. As on Upstash, KEYS, SCAN and scripts are not among them. */
const READ_ONLY_COMMANDS = commandSet(`
  GET GETRANGE MGET STRLEN SUBSTR DIGEST BITCOUNT BITFIELD_RO BITPOS GETBIT
  EXISTS EXPIRETIME PEXPIRETIME PTTL TTL TYPE TOUCH DBSIZE
  GEODIST GEOHASH GEOPOS GEORADIUS_RO GEORADIUSBYMEMBER_RO GEOSEARCH
  HEXISTS HEXPIRETIME HGET HGETALL HKEYS HLEN HMGET HPEXPIRETIME HPTTL HRANDFIELD HSCAN HSTRLEN HTTL HVALS
  PFCOUNT LINDEX LLEN LPOS LRANGE
  SCARD SDIFF SINTER SINTERCARD SISMEMBER SMEMBERS SMISMEMBER SRANDMEMBER SSCAN SUNION
  ZCARD ZCOUNT ZDIFF ZINTER ZINTERCARD ZLEXCOUNT ZMSCORE ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANK
  ZREVRANGE ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE ZUNION
  XINFO XLEN XPENDING XRANGE XREAD XREVRANGE PING ECHO TIME COMMAND
`);

const SCRIPT_SUBCOMMANDS: ReadonlySet<string> = new Set(["EXISTS", "FLUSH", "LOAD"]);
const CONFIGURABLE_PARAMETER = "notify-keyspace-events";

/**
 * Checks whether a command may run.
 *
 * @param name  upper case
 * @param args  the command's name and arguments as text
 */
export function commandError(name: string, args: readonly string[], readOnly: boolean): ErrorReply | null {
  if (!AVAILABLE_COMMANDS.has(name) && !MODULE_COMMANDS.test(name)) return notAvailableError(name);
  const second = args[1]?.toUpperCase() ?? "";
  if ((name === "XREAD" || name === "XREADGROUP") && hasBlockOption(args))
    return notAvailableError(`${name} BLOCK`);
  if (name === "MEMORY" && second !== "USAGE") return notAvailableError(`MEMORY ${second}`.trim());
  if (name === "CONFIG" && !isConfigAllowed(second, args))
    return notAvailableError(`CONFIG ${second}`.trim());
  // SCRIPT DEBUG would turn the connection that all clients share into a debugger's.
  if (name === "SCRIPT" && !SCRIPT_SUBCOMMANDS.has(second))
    return notAvailableError(`SCRIPT ${second}`.trim());
  // The bearer token is the user here; its permissions are not stored in the engine.
  if (name === "ACL" && second !== "WHOAMI" && second !== "CAT")
    return notAvailableError(`ACL ${second}`.trim());
  if (readOnly && !READ_ONLY_COMMANDS.has(name)) return noPermissionError(name);
  return null;
}

/** The error for a token without permission to run `name`. */
export function noPermissionError(name: string): ErrorReply {
  const displayName = name.toLowerCase();
  return new ErrorReply(
    `NOPERM this user has no permissions to run the '${displayName}' command or its subcommand`,
  );
}

function notAvailableError(what: string): ErrorReply {
  return new ErrorReply(
    `ERR Command is not available: '${what}'. See https://upstash.com/docs/redis/overall/rediscompatibility for details`,
  );
}

/** BLOCK is an option only before STREAMS; after it, BLOCK is a key. */
function hasBlockOption(args: readonly string[]): boolean {
  for (const arg of args.slice(1)) {
    const option = arg.toUpperCase();
    if (option === "STREAMS") return false;
    if (option === "BLOCK") return true;
  }
  return false;
}

function isConfigAllowed(subcommand: string, args: readonly string[]): boolean {
  if (subcommand === "GET")
    return args.slice(2).every((name) => name.toLowerCase() === CONFIGURABLE_PARAMETER);
  if (subcommand !== "SET") return false;
  return args
    .slice(2)
    .every((value, index) => index % 2 === 1 || value.toLowerCase() === CONFIGURABLE_PARAMETER);
}

function commandSet(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
