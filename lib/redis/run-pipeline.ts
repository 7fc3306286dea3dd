import { type DataCommands, dataCommands } from "./commands";
import type { ReplyReader } from "./commands/reply-readers";
import type { CommandArguments, GuardedRedis } from "./guarded-redis";

interface QueuedCommand {
  command: CommandArguments;
  complete(result: { reply: unknown } | { error: unknown }): void;
}

/**
 * Sends several commands in one HTTP call: `const [post, seen] = await pipeline((p) => [p.get(…), p.sismember(…)])`.
 * They run in order but not atomically: other clients' commands may run in between. Use a script for atomicity.
 *
 * @param build  creates all commands synchronously; it must not await the result of one to create another
 * @returns the results, in order
 * @throws {RedisUnavailableError} any of the commands may have been applied
 * @throws the first error reply; the other commands were applied
 */
export async function runPipeline<T extends readonly Promise<unknown>[]>(
  client: GuardedRedis,
  onInvalid: (command: CommandArguments) => void,
  build: (commands: DataCommands) => readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const queue: QueuedCommand[] = [];
  let sent = false;

  function enqueue<R>(command: CommandArguments, read: ReplyReader<R>): Promise<R> {
    if (sent) return Promise.reject(new Error(`${command[0]} added too late: the pipeline has been sent`));
    return new Promise<R>((resolve, reject) => {
      queue.push({
        command,
        complete: (result) => {
          if ("error" in result) return reject(result.error);
          try {
            resolve(read(result.reply, () => onInvalid(command)));
          } catch (error) {
            reject(error);
          }
        },
      });
    });
  }

  const results = Promise.all(build(dataCommands(enqueue)));
  sent = true;
  if (queue.length > 0) void sendQueue(client, queue);
  return results;
}

async function sendQueue(client: GuardedRedis, queue: readonly QueuedCommand[]): Promise<void> {
  try {
    const replies = await client.sendPipeline(queue.map(({ command }) => command));
    for (const [index, reply] of replies.entries()) {
      queue[index]?.complete(reply.error ? { error: reply.error } : { reply: reply.result });
    }
  } catch (error) {
    for (const { complete } of queue) complete({ error });
  }
}
