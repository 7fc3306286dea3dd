import { errors } from "@upstash/redis";

/** The part of the SDK's request that has the commands. */
interface SentRequest {
  path?: string[];
  body?: unknown;
}

/**
 * Whether an error means an outage: Redis loads its data or has lost its primary, Upstash rejects the token or the
 * plan's limit is reached, or another server replied in its place.
 */
export function isOutOfService(error: Error): boolean {
  if (error instanceof errors.UpstashJSONParseError) return true;
  return /^(LOADING |MASTERDOWN |CLUSTERDOWN |READONLY |WRONGPASS |NOAUTH |ERR max (daily )?requests? limit)/.test(
    error.message,
  );
}

/** Removes the command that the SDK appends to the message: its values must not be logged. */
export function createReplyError(message: string): Error {
  return new errors.UpstashError(message.replace(/, command was: .*$/s, ""));
}

/** False for JSON that does not have the shape of a Redis reply: another server answered. */
export function isRedisReply(reply: unknown, request: SentRequest): boolean {
  const isSingleReply = (candidate: unknown) =>
    typeof candidate === "object" &&
    candidate !== null &&
    (("result" in candidate && candidate.result !== undefined) ||
      ("error" in candidate && typeof candidate.error === "string"));
  if (!isPipeline(request)) return isSingleReply(reply);
  if (!Array.isArray(reply)) return request.path?.[0] === "multi-exec" && isSingleReply(reply);
  return reply.length === getCommands(request).length && reply.every(isSingleReply);
}

export function getCommands(request: SentRequest): readonly (readonly unknown[])[] {
  if (!Array.isArray(request.body)) return [];
  return isPipeline(request) ? request.body : [request.body];
}

function isPipeline({ path }: SentRequest): boolean {
  return path?.[0] === "pipeline" || path?.[0] === "multi-exec";
}
