import { type DataCommands, dataCommands } from "./commands";
import type { ReplyReader } from "./commands/reply-readers";
import type { CommandArguments, GuardedRedis } from "./guarded-redis";

interface QueuedCommand {
  command: CommandArguments;
  complete(result: { reply: unknown } | { error: unknown }): void;
}

/**
 * Sends several commands in one HTTP call: `const [post, seen] = await pipeline((p) => [p.get(…), p.sismember(…)])`.
 * They run in their order, but other clients' commands may come between: what must be atomic is a script.
 *
 * @param build  asks for the commands at once; it must not wait for the result of one to ask for another
 * @returns their results
 * @throws {RedisUnavailableError} any of them may have been applied
 * @throws the first error that Redis answered to one of them; the others were applied all the same
 */
export async function runPipeline<T extends readonly Promise<unknown>[]>(
  client: GuardedRedis,
  onInvalid: (command: CommandArguments) => void,
  build: (commands: DataCommands) => readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const queue: QueuedCommand[] = [];
  let sent = false;

  function enqueue<R>(command: CommandArguments, read: ReplyReader<R>): Promise<R> {
    if (sent) return Promise.reject(new Error(`${command[0]} came too late: its pipeline has been sent`));
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
