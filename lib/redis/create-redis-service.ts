import { errors } from "@upstash/redis";
import { z } from "zod";
import type { CallMeter } from "./call-meter";
import { encodeMessage, validateChannel } from "./channel-message";
import { dataCommands } from "./commands";
import { parseReply, readCount } from "./commands/reply-readers";
import type { RedisScript } from "./define-script";
import type { CommandArguments, GuardedRedis } from "./guarded-redis";
import { runPipeline } from "./run-pipeline";
import type { Subscriber } from "./subscriber";

export type RedisService = ReturnType<typeof createRedisService>;

interface RedisServiceDependencies {
  client: GuardedRedis;
  subscriber: Subscriber;
  meter: CallMeter;
}

/**
 * The typed commands of Redis. Build keys with `keys`, which prepends REDIS_KEY_PREFIX to each.
 *
 * Every command is one HTTP call with the client's time limit and circuit breaker. It throws
 * {@link RedisUnavailableError} when Redis does not reply, and the SDK's UpstashError on an error reply. Nothing
 * is sent twice: a call without a reply may have been applied, and each command states whether it is safe to
 * repeat. Stored values are parsed by a schema; a value that does not match it counts as missing, and in
 * `metrics()` as invalid.
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
     * Runs a script in one round trip; two when the server does not have it cached (first use, or after a restart).
     * Strings in its reply stay strings, also those that are JSON. Safe to repeat only if the script is.
     * @throws {RedisUnavailableError} the script may have been applied; also when the reply does not match the schema
     */
    script: async <T>(
      script: RedisScript,
      keys: readonly string[],
      args: readonly (string | number)[],
      schema: z.ZodType<T>,
    ): Promise<T> => {
      const argv = [keys.length, ...keys, ...args.map(String)];
      const reply = await client.send(["EVALSHA", script.sha1, ...argv]).catch((error: unknown) => {
        if (!(error instanceof errors.UpstashError) || !error.message.includes("NOSCRIPT")) throw error;
        // Safe to send: the server has run nothing.
        return client.send(["EVAL", script.source, ...argv]);
      });
      return parseReply(schema, reply);
    },

    /**
     * Delivers a message to the connections that are subscribed now and returns their number. At most once, and
     * not stored: also store what a subscriber must not miss. NOT safe to repeat: each call is a new message.
     * @throws {ChannelNameError} @throws {TypeError} when JSON cannot represent the message
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
     * Whether Redis is reachable, as last seen by this process; sends no call. False before the first reply, and
     * while the circuit breaker is open.
     */
    isReady: (): boolean => client.ready(),

    /** The underlying client, for commands that this service lacks. */
    getClient: (): GuardedRedis => client,
    getSubscriber: (): Subscriber => subscriber,

    /** Counts and latencies by command since the process started. */
    metrics: () => meter.snapshot(),

    /** Ends event streams and timers. Commands use no persistent connection and keep working. */
    close: (): void => subscriber.close(),
  };
}
