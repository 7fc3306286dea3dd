import { errors } from "@upstash/redis";
import { log } from "../core/log";
import { commandName } from "./call-meter";
import { defineScript } from "./define-script";
import { type CommandArguments, GuardedRedis, type PipelineReply } from "./guarded-redis";
import { expectedKeyType } from "./key-types";
import { RedisUnavailableError } from "./unavailable";

/**
 * Deletes keys of another type than the one they must have.
 *
 * KEYS  the keys
 * ARGV  the type of each
 * Returns how many were deleted
 * Atomic. Safe to repeat.
 */
const deleteMistypedKeys = defineScript(
  "deleteMistypedKeys",
  `
local deleted = 0
for i, key in ipairs(KEYS) do
  local found = redis.call('TYPE', key)
  found = type(found) == 'table' and found.ok or found
  if found ~= 'none' and found ~= ARGV[i] then deleted = deleted + redis.call('UNLINK', key) end
end
return deleted
`,
);

/**
 * The client for everything except the edge. A key of another type than the registry's (of an older version, another
 * program, or a mistake) counts as missing: the command that meets it deletes it and, if it is a single one, runs again.
 * A script that Redis aborts, for that or for a value that it cannot use, is an outage for its caller, who has an answer
 * for that; it is not run again, because it may have been applied in part.
 */
export class SelfHealingRedis extends GuardedRedis {
  /** @throws {RedisUnavailableError} also when a script failed @throws {errors.UpstashError} on another error reply */
  override async send(command: CommandArguments): Promise<unknown> {
    try {
      return await super.send(command);
    } catch (error) {
      if (!(error instanceof errors.UpstashError) || error.message.includes("NOSCRIPT")) throw error;
      const isMistyped = isWrongType(error);
      const deleted = isMistyped ? await this.deleteMistyped([command]) : 0;
      if (isScript(command)) throw new RedisUnavailableError("out-of-service", error);
      if (deleted === 0) throw error;
      return super.send(command);
    }
  }

  override async sendPipeline(commands: readonly CommandArguments[]): Promise<PipelineReply[]> {
    const replies = await super.sendPipeline(commands);
    const failed = replies.flatMap(({ error }, index) => {
      const command = commands[index];
      return error && isWrongType(error) && command ? [{ index, command }] : [];
    });
    if (failed.length === 0) return replies;
    const failedCommands = failed.map(({ command }) => command);
    if ((await this.deleteMistyped(failedCommands)) === 0) return replies;
    const repeated = await super.sendPipeline(failedCommands);
    const repeatedByIndex = new Map(failed.map(({ index }, at) => [index, repeated[at]]));
    return replies.map((reply, index) => repeatedByIndex.get(index) ?? reply);
  }

  private async deleteMistyped(commands: readonly CommandArguments[]): Promise<number> {
    const typed = commands.flatMap(keysOf).flatMap((key) => {
      const type = expectedKeyType(key);
      return type === null ? [] : [{ key, type }];
    });
    if (typed.length === 0) return 0;
    const deleted = await super.send([
      ...(["EVAL", deleteMistypedKeys.source, typed.length] as const),
      ...typed.map(({ key }) => key),
      ...typed.map(({ type }) => type),
    ]);
    log().warn({ command: commands.map(commandName), deleted }, "Redis keys of another type deleted");
    return Number(deleted);
  }
}

function isWrongType({ message }: Error): boolean {
  return message.includes("WRONGTYPE");
}

function isScript([name]: CommandArguments): boolean {
  return /^eval/i.test(name);
}

function keysOf(command: CommandArguments): string[] {
  if (!isScript(command)) return command[1] === undefined ? [] : [String(command[1])];
  return command.slice(3, 3 + Number(command[2])).map(String);
}
