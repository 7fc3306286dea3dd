import { log } from "../core/log";
import { commandName } from "./call-meter";
import type { RedisCall } from "./guarded-redis";

/** After this many kinds of errors, new kinds are logged at debug level only: it bounds the memory. */
const MAX_WARNED_KINDS = 100;

/**
 * Logs calls at debug level, and an error reply as a warning the first time a command gets it: a loop over a
 * key of the wrong type is one line, not thousands. Neither keys nor values are logged. An outage is logged
 * once, when the circuit breaker opens (client.ts).
 */
export function createCallLogger(): (call: RedisCall) => void {
  const warned = new Set<string>();

  return ({ commands, durationMs, outcome, error }) => {
    const names = [...new Set(commands.map(commandName))].join(",");
    if (outcome === "error" && !isNoScript(error)) {
      const kind = `${names} ${error?.message.split(" ", 1)[0]}`;
      if (!warned.has(kind) && warned.size < MAX_WARNED_KINDS) {
        warned.add(kind);
        log().warn({ command: names, err: error }, "Redis command failed: error reply");
        return;
      }
    }
    log().debug({ command: names, commands: commands.length, durationMs, outcome }, "Redis call");
  };
}

/** The caller then sends the script's source. */
function isNoScript(error: Error | undefined): boolean {
  return error?.message.startsWith("NOSCRIPT") ?? false;
}
