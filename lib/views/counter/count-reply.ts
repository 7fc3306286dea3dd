import { z } from "zod";
import type { RedisScript } from "../../redis";

/** What a call of the script in count-script.ts returns. */

export interface CountedPost {
  /** persisted + pending + claimed */
  count: number;
  /** One per viewer: 1 new, 0 seen before, -1 the author. */
  outcomes: (1 | 0 | -1)[];
}

export interface CountUpdateResult {
  /** This call added at least one post to the dirty posts. */
  dirtied: boolean;
  /** One per post, in order; null when Redis does not have the post and no row was given. */
  posts: (CountedPost | null)[];
}

const outcomeSchema = z.union([z.literal(1), z.literal(0), z.literal(-1)]);
const countedPostSchema = z
  .tuple([z.number().int()], outcomeSchema)
  .transform(([count, ...outcomes]): CountedPost => ({ count, outcomes }));
export const replySchema = z
  .tuple([z.number().int()], countedPostSchema.nullable())
  .transform(([dirtied, ...posts]): CountUpdateResult => ({ dirtied: dirtied > 0, posts }));

export type ScriptCall = readonly [
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
];

/** A call of the script that is built and not sent yet; exactly one of the two functions follows it. */
export interface PreparedUpdate {
  call: ScriptCall;
  finish(result: CountUpdateResult): CountUpdateResult;
  /** The call failed. */
  restore(): void;
}
