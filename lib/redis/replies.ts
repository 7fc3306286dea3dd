import { errors } from "@upstash/redis";

/** Telling answers of Redis from what is none. */

/** The part of the SDK's request that says what is sent. */
interface Sent {
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
export function replyError(message: string): Error {
  return new errors.UpstashError(message.replace(/, command was: .*$/s, ""));
}

/** JSON that is no answer of Redis: somebody else stands in its place. */
export function isAnswer(answer: unknown, request: Sent): boolean {
  const isOne = (one: unknown) =>
    typeof one === "object" &&
    one !== null &&
    (("result" in one && one.result !== undefined) || ("error" in one && typeof one.error === "string"));
  if (!isList(request)) return isOne(answer);
  if (!Array.isArray(answer)) return request.path?.[0] === "multi-exec" && isOne(answer);
  return answer.length === commandsOf(request).length && answer.every(isOne);
}

export function commandsOf(request: Sent): readonly (readonly unknown[])[] {
  if (!Array.isArray(request.body)) return [];
  return isList(request) ? request.body : [request.body];
}

function isList({ path }: Sent): boolean {
  return path?.[0] === "pipeline" || path?.[0] === "multi-exec";
}
