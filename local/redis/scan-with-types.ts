import type { Argument } from "./resp/reply";

/**
 * SCAN … WITHTYPE, which only Upstash has: the keys of the page, each followed by its type. Atomic.
 *
 * KEYS     none: the keys are the result
 * ARGV     the arguments of SCAN without WITHTYPE
 * returns  { next cursor, { key, type, key, type, … } }, or the error of SCAN
 */
const SCAN_WITH_TYPES = `
local page = redis.pcall('SCAN', unpack(ARGV))
if page.err then return page end
local typed = {}
for _, key in ipairs(page[2]) do
  typed[#typed + 1] = key
  typed[#typed + 1] = redis.call('TYPE', key).ok
end
return { page[1], typed }
`;

/** Options of SCAN that are followed by a value, which may look like an option. */
const OPTIONS_WITH_VALUE = /^(match|count|type)$/i;

/**
 * Translates a SCAN for the engine: with WITHTYPE it becomes a script, which is atomic and allowed wherever a single
 * command is, transactions included. Any other SCAN is returned unchanged.
 */
export function scanWithTypes(args: readonly Argument[]): readonly Argument[] {
  let at = 2;
  while (at < args.length) {
    const option = String(args[at]);
    if (/^withtype$/i.test(option))
      return ["EVAL_RO", SCAN_WITH_TYPES, "0", ...args.slice(1).toSpliced(at - 1, 1)];
    at += OPTIONS_WITH_VALUE.test(option) ? 2 : 1;
  }
  return args;
}
