import { errors } from "@upstash/redis";
import { z } from "zod";
import { env } from "../core/env";
import { log } from "../core/log";
import { CallMeter, countCall, createCallLogger } from "./call-meter";
import { encodeMessage, validateChannel } from "./channel";
import { parseReply, type ReplyReader, type RunCommand, readCount } from "./commands/codec";
import { hashCommands } from "./commands/hashes";
import { listCommands } from "./commands/lists";
import { setCommands } from "./commands/sets";
import { sortedSetCommands } from "./commands/sorted-sets";
import { stringCommands } from "./commands/strings";
import { type CommandArguments, GuardedRedis, type PipelineReply } from "./guarded-redis";
import { deleteMistyped } from "./key-types";
import {
  isNoScript,
  isScriptCommand,
  type RedisScript,
  runScript,
  runScriptPipeline,
  type ScriptCall,
} from "./script";
import { Subscriber } from "./subscriber";
import { RedisUnavailableError } from "./unavailable";

let client: GuardedRedis | undefined;
let meter = new CallMeter();
let current: { client: GuardedRedis; service: RedisService } | undefined;

/** This process's Redis client, for everything except the edge. Created on first use. */
export function redis(): GuardedRedis {
  if (client) return client;
  const logCall = createCallLogger();
  client = new SelfHealingRedis({
    url: env().UPSTASH_REDIS_REST_URL,
    token: env().UPSTASH_REDIS_REST_TOKEN,
    timeoutMs: env().REDIS_TIMEOUT_MS,
    firstCallTimeoutMs: env().REDIS_FIRST_CALL_TIMEOUT_MS,
    onStateChange: (state) => {
      if (state === "open") log().warn("Redis unavailable: circuit breaker open");
      else log().info("Redis available again: circuit breaker closed");
    },
    onCall: (call) => {
      meter.record(call);
      countCall(call);
      logCall(call);
    },
  });
  return client;
}

/** This process's Redis service. Created on first use, over the same client as `redis()`. */
export function redisService(): RedisService {
  const client = redis();
  if (current?.client === client) return current.service;
  const subscriber = new Subscriber({
    url: env().UPSTASH_REDIS_REST_URL,
    token: env().UPSTASH_REDIS_REST_TOKEN,
    connectTimeoutMs: env().REDIS_FIRST_CALL_TIMEOUT_MS,
    onInvalid: () => meter.recordInvalid(["subscribe"]),
  });
  current?.service.close();
  current = { client, service: createRedisService({ client, subscriber, meter }) };
  return current.service;
}

/** For tests: the next call creates a new client from the environment at that time. */
export function resetRedisForTest(): void {
  client = undefined;
  meter = new CallMeter();
}

/**
 * The client for everything except the edge. A key of another type than the registry's (of an older version, another
 * program, or a mistake) counts as missing: the command that meets it deletes it and, if it is a single one, runs again.
 * A script that Redis aborts, for that or for a value that it cannot use, is an outage for its caller, who has an answer
 * for that; it is not run again, because it may have been applied in part.
 */
class SelfHealingRedis extends GuardedRedis {
  /** @throws {RedisUnavailableError} also when a script failed @throws {errors.UpstashError} on another error reply */
  override async send(command: CommandArguments): Promise<unknown> {
    try {
      return await super.send(command);
    } catch (error) {
      if (!(error instanceof errors.UpstashError) || isNoScript(error)) throw error;
      const isMistyped = isWrongType(error);
      const deleted = isMistyped ? await deleteMistyped((repair) => super.send(repair), [command]) : 0;
      if (isScriptCommand(command)) throw new RedisUnavailableError("out-of-service", error);
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
    if ((await deleteMistyped((repair) => super.send(repair), failedCommands)) === 0) return replies;
    const repeated = await super.sendPipeline(failedCommands);
    const repeatedByIndex = new Map(failed.map(({ index }, at) => [index, repeated[at]]));
    return replies.map((reply, index) => repeatedByIndex.get(index) ?? reply);
  }
}

const isWrongType = ({ message }: Error) => message.includes("WRONGTYPE");

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
    script: <T>(
      script: RedisScript,
      keys: readonly string[],
      args: readonly (string | number)[],
      schema: z.ZodType<T>,
    ): Promise<T> => runScript(client, [script, keys, args], schema),

    /**
     * Runs scripts in order but not atomically, in one round trip. Each that the server does not have cached costs
     * another round trip, and runs after the others.
     * @throws {RedisUnavailableError} any of them may have been applied
     * @throws the first error reply; the others were applied
     */
    scriptPipeline: <T>(calls: readonly ScriptCall[], schema: z.ZodType<T>): Promise<T[]> =>
      runScriptPipeline(client, calls, schema),

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

type DataCommands = ReturnType<typeof dataCommands>;

/** All typed commands on data, sent one by one or queued in a pipeline. */
function dataCommands(run: RunCommand) {
  return {
    ...stringCommands(run),
    ...hashCommands(run),
    ...setCommands(run),
    ...sortedSetCommands(run),
    ...listCommands(run),
  };
}

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
async function runPipeline<T extends readonly Promise<unknown>[]>(
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
