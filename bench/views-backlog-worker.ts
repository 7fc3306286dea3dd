import { db, disconnectDb } from "@/lib/db";
import { claimBatch, finishBatch, syncViews, type ViewBatch } from "@/lib/views/sync-views";
import { liveViews, loadViewRows, persistViews } from "@/lib/views/view-counter";
import { createPerson, createTestPost } from "@/tests/support/factories/people";

/** The worker process of the second part of `npm run bench:views`: one command per message. */

export type BacklogCommand =
  /** Makes users and posts, and empties the counter. */
  | { do: "create"; users: number; posts: number }
  /** Records views of the posts by so many viewers each, in batches as a busy server sends them. */
  | { do: "record"; posts: readonly string[]; from: number; viewers: number; seconds?: number }
  /** Claims one script call's views. */
  | { do: "claim" }
  /** Gives them to Postgres and finishes their batch. */
  | { do: "finish" }
  /** Syncs until nothing is pending, or until a message. */
  | { do: "drain" }
  | { do: "drainUntilStopped" }
  | { do: "stop" };

export interface BacklogResult {
  ms: number;
  views: number;
  posts?: string[];
  /** The lowest `User.seq` of those created. */
  firstSeq?: number;
}

/** lib/views sends up to 500 concurrent views in one call. */
const VIEWS_PER_CALL = 500;
/** Calls of several servers at once. */
const CONCURRENT_CALLS = 4;

const LEASE_MS = 60_000;
/** Keeps a statement within the client's time limit. */
const USERS_PER_STATEMENT = 10_000;

let stopping = false;
let claimed: ViewBatch | null = null;

const handlers: { [C in BacklogCommand as C["do"]]: (command: C) => Promise<Omit<BacklogResult, "ms">> } = {
  create: async ({ users, posts }) => {
    const author = await createPerson("artist");
    for (let created = 0; created < users; created += USERS_PER_STATEMENT)
      await db().$executeRaw`
INSERT INTO "User" (id, email, name, "passwordHash", role, "referralCode")
SELECT gen_random_uuid(), 'bench-' || gen_random_uuid(), 'Viewer', 'none', 'listener', gen_random_uuid()::text
FROM generate_series(1, ${Math.min(USERS_PER_STATEMENT, users - created)}::int)`;
    await db().$executeRaw`ANALYZE "User"`;
    const created = await Promise.all(Array.from({ length: posts }, () => createTestPost(author)));
    return { views: 0, posts: created, firstSeq: author.seq + 1 };
  },
  record: async ({ posts, from, viewers, seconds = Number.POSITIVE_INFINITY }) => {
    const rows = await loadViewRows(posts);
    const end = performance.now() + seconds * 1_000;
    let views = 0;
    function* calls() {
      for (let at = 0; at < viewers && !stopping && performance.now() < end; at += VIEWS_PER_CALL) {
        const size = Math.min(VIEWS_PER_CALL, viewers - at);
        for (const postId of posts) {
          const seqs = Array.from({ length: size }, (_, index) => from + at + index);
          yield { postId, row: rows.get(postId), viewers: seqs };
        }
      }
    }
    const queue = calls();
    const send = async () => {
      for (const update of queue) {
        const { posts: counted } = await liveViews.recordAndCount([update]);
        views += counted[0]?.outcomes.filter((outcome) => outcome === 1).length ?? 0;
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_CALLS }, send));
    return { views };
  },
  claim: async () => {
    claimed = await claimBatch(LEASE_MS);
    return { views: claimed?.pairs.length ?? 0 };
  },
  finish: async () => {
    if (!claimed) throw new Error("no views are claimed");
    const persisted = await persistViews(claimed.pairs, claimed.id);
    await finishBatch(claimed, persisted.posts);
    return { views: claimed.pairs.length };
  },
  drain: async () => {
    const { syncedViews } = await syncViews({ source: "script", budgetMs: Number.POSITIVE_INFINITY });
    return { views: syncedViews };
  },
  drainUntilStopped: async () => {
    let views = 0;
    while (!stopping) {
      const { syncedViews } = await syncViews({ source: "script", budgetMs: 1_000 });
      views += syncedViews;
    }
    return { views };
  },
  stop: async () => ({ views: 0 }),
};

async function handle<C extends BacklogCommand>(command: C): Promise<BacklogResult> {
  const startedAt = performance.now();
  const handler = handlers[command.do] as (command: C) => Promise<Omit<BacklogResult, "ms">>;
  const result = await handler(command);
  return { ...result, ms: performance.now() - startedAt };
}

process.on("message", (command: BacklogCommand) => {
  if (command.do === "stop") {
    stopping = true;
    return;
  }
  stopping = false;
  handle(command).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => void disconnectDb().finally(() => process.exit(0)));
process.send?.({ ms: 0, views: 0 });
