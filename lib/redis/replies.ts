import { errors } from "@upstash/redis";

/** Telling answers of Redis from what is none. */

/** The part of the SDK's request that says what is sent. */
interface SentRequest {
  path?: string[];
  body?: unknown;
}

/**
 * What Redis says while it loads its data or has lost its primary, what Upstash says to a token that is not
 * valid (any more) or when the plan is used up; and a page of whatever stands in front of it.
 */
export function isOutOfService(error: Error): boolean {
  if (error instanceof errors.UpstashJSONParseError) return true;
  return /^(LOADING |MASTERDOWN |CLUSTERDOWN |READONLY |WRONGPASS |NOAUTH |ERR max (daily )?requests? limit)/.test(
    error.message,
  );
}

/** The SDK puts the command behind the message, and with it values that no log should have. */
export function createReplyError(message: string): Error {
  return new errors.UpstashError(message.replace(/, command was: .*$/s, ""));
}

/** JSON that is no answer of Redis: somebody else stands in its place. */
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
