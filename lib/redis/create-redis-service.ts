import { z } from "zod";
import type { CallMeter } from "./call-meter";
import { validateChannel } from "./channel-name";
import { dataCommands } from "./commands";
import { parseReply, readCount } from "./commands/reply-readers";
import type { RedisScript } from "./define-script";
import type { CommandArguments, GuardedRedis } from "./guarded-redis";
import { encodeMessage } from "./message-codec";
import { runPipeline } from "./run-pipeline";
import { withEvalFallback } from "./run-script";
import type { Subscriber } from "./subscriber";

export type RedisService = ReturnType<typeof createRedisService>;

interface RedisServiceDependencies {
  client: GuardedRedis;
  subscriber: Subscriber;
  meter: CallMeter;
}

/**
 * The typed commands on Redis. Keys come from `keys`, which puts REDIS_KEY_PREFIX in front of each.
 *
 * Every command is one HTTP call with the client's time limit and circuit breaker, and throws
 * {@link RedisUnavailableError} when Redis does not answer, and the SDK's UpstashError when it answers with an
 * error. Nothing is sent twice: a call without an answer may have been applied, and whether it can be repeated
 * stands at the command. What is stored is read through a schema; what is not as the schema says is not there,
 * and is counted.
 */
export function createRedisService({ client, subscriber, meter }: RedisServiceDependencies) {
  const onInvalid = (command: CommandArguments) => meter.recordInvalid(command);
  const dataApi = dataCommands(async (command, read) =>
    read(await client.send(command), () => onInvalid(command)),
  );

  return {
    ...dataApi,

    pipeline: <const T extends readonly Promise<unknown>[]>(
      build: (commands: typeof dataApi) => readonly [...T],
    ) => runPipeline<T>(client, onInvalid, build),

    /**
     * Runs a script in one round trip, two when the server does not know it yet. Strings in its answer stay
     * strings. Safe to repeat only if the script is.
     * @throws {RedisUnavailableError} also when the answer is not as the schema says
     */
    script: async <T>(
      script: RedisScript,
      keys: readonly string[],
      args: readonly (string | number)[],
      schema: z.ZodType<T>,
    ): Promise<T> => {
      const argv = [keys.length, ...keys, ...args.map(String)];
      const reply = await withEvalFallback(
        () => client.send(["EVALSHA", script.sha1, ...argv]),
        () => client.send(["EVAL", script.source, ...argv]),
      );
      return parseReply(schema, reply);
    },

    /**
     * Tells whoever listens now; answers how many connections that are. Nobody else will ever know: what must
     * not be missed is kept somewhere too. A repeat is a second message.
     * @throws {ChannelNameError} @throws {TypeError} for what JSON has no word for
     */
    publish: async (channel: string, message: unknown): Promise<number> => {
      const command = ["PUBLISH", validateChannel(channel), encodeMessage(message)] as const;
      return readCount(await client.send(command), () => {});
    },

    subscribe: subscriber.subscribe.bind(subscriber),
    unsubscribe: subscriber.unsubscribe.bind(subscriber),

    /** @throws {RedisUnavailableError} */
    ping: async (): Promise<"PONG"> => parseReply(z.literal("PONG"), await client.send(["PING"])),

    /**
     * Whether Redis answers, as far as this process knows, without asking it: false before the first answer,
     * and from when the breaker opens until Redis has been found back.
     */
    isReady: (): boolean => client.ready(),

    /** The client beneath, for commands that are not here. */
    getClient: (): GuardedRedis => client,
    getSubscriber: (): Subscriber => subscriber,

    /** Counts and latencies by command since the process started. */
    metrics: () => meter.snapshot(),

    /** Ends event streams and timers. Commands have no connection to end, and go on working. */
    close: (): void => subscriber.close(),
  };
}
