import type { Argument } from "./resp/reply";

/**
 * SCAN … WITHTYPE, which only Upstash has: the page's keys, each followed by its type.
 *
 * KEYS    none: the keys are what is asked for
 * ARGV    SCAN's arguments without WITHTYPE
 * answer  { next cursor, { key, type, key, type, … } }, or SCAN's own error
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

/** Options of SCAN that are followed by a value, which may read like an option. */
const OPTIONS_WITH_VALUE = /^(match|count|type)$/i;

/**
 * A SCAN as the engine should get it: with WITHTYPE it becomes a script, which sees one moment of the keys and
 * goes wherever a single command may, transactions among it. Any other SCAN is returned as it is.
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
