import { log } from "../core/log";
import { commandName } from "./call-meter";
import type { RedisCall } from "./guarded-redis";

/** More kinds of errors than this are not told apart; it bounds the memory. */
const MAX_WARNED_KINDS = 100;

/**
 * Logs calls at debug level, and an error that Redis answers with as a warning the first time a command gets
 * it: a loop over a key of the wrong type is one line, not thousands. Neither keys nor values are logged.
 * That Redis does not answer is said once by whoever watches the breaker.
 */
export function createCallLogger(): (call: RedisCall) => void {
  const warned = new Set<string>();

  return ({ commands, durationMs, outcome, error }) => {
    const names = [...new Set(commands.map(commandName))].join(",");
    if (outcome === "error" && !isNoScript(error)) {
      const kind = `${names} ${error?.message.split(" ", 1)[0]}`;
      if (!warned.has(kind) && warned.size < MAX_WARNED_KINDS) {
        warned.add(kind);
        log().warn({ command: names, err: error }, "Redis answers a command with an error");
        return;
      }
    }
    log().debug({ command: names, commands: commands.length, durationMs, outcome }, "Redis call");
  };
}

/** A script that the server does not know yet is sent in full right after. */
function isNoScript(error: Error | undefined): boolean {
  return error?.message.startsWith("NOSCRIPT") ?? false;
}
