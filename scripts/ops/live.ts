import {
  getLive,
  getViewsState,
  invalidateCacheTag,
  listCaches,
  OVERVIEW_RANGES,
  recountViews,
  syncViewsNow,
} from "@/lib/ops";
import { idSchema } from "@/lib/schemas/id";
import { type Command, requireWord, table, UsageError } from "./command";

/** `npm run ops -- views …`, `live …` and `caches …` */

export const views: Readonly<Record<string, Command>> = {
  show: {
    usage: "views show",
    summary: "what waits for a sync, and the last syncs that found work",
    run: async ({ caller }) => {
      const state = await getViewsState(caller);
      const runs = state.runs.map(({ at, source, syncedPosts, syncedViews, syncedPlays, durationMs }) => [
        ...[at, source, String(syncedPosts), String(syncedViews), String(syncedPlays)],
        `${Math.round(durationMs)} ms`,
      ]);
      const { available, pendingViews, pendingPosts, claimedViews, plays } = state;
      return {
        json: state,
        lines: available
          ? [
              `${pendingViews} views of ${pendingPosts} posts wait, ${claimedViews} are in progress`,
              `${plays.pendingViews} plays of ${plays.pendingPosts} posts wait`,
              ...(runs.length > 0 ? table(["sync", "by", "posts", "views", "plays", "took"], runs) : []),
            ]
          : ["unknown: Redis does not answer"],
        exitCode: available ? 0 : 1,
      };
    },
  },
  sync: {
    usage: "views sync --reason text",
    summary: "writes pending views and plays to Postgres now",
    changes: "something",
    run: async ({ caller, auditContext }) => {
      const { syncedPosts } = await syncViewsNow(caller, auditContext, "script");
      return { json: { syncedPosts }, lines: [`${syncedPosts} posts synced`] };
    },
  },
  recount: {
    usage: "views recount <post> --reason text",
    summary: "counts a post's views and plays by their rows, and mends the difference",
    changes: "something",
    run: async ({ caller, words, auditContext }) => {
      const id = idSchema.safeParse(requireWord(words, "post"));
      if (!id.success) throw new UsageError("a post's id is a UUID");
      const recounts = await recountViews(caller, id.data, auditContext);
      const rows = Object.entries(recounts).map(
        ([name, { stored, counted, publishedBefore, publishedNow }]) => [
          ...[name, String(stored), String(counted), String(counted - stored)],
          ...[String(publishedBefore ?? "unknown"), String(publishedNow ?? "unknown")],
        ],
      );
      const headings = ["", "stored", "counted", "difference", "people saw", "people see"];
      return { json: recounts, lines: table(headings, rows) };
    },
  },
};

export const live: Readonly<Record<string, Command>> = {
  show: {
    usage: "live show",
    summary: "event streams by instance, channels, and how many users are present",
    run: async ({ caller }) => {
      const found = await getLive(caller);
      const rows = found.instances.map(({ instance, startedAt, streams, people, live: isLive, channels }) => [
        ...[instance, startedAt, String(streams), String(people), isLive ? "yes" : "no"],
        Object.entries(channels)
          .map(([kind, count]) => `${kind} ${count}`)
          .join(", "),
      ]);
      return {
        json: found,
        lines: [
          `${found.online} present; ${found.instances.length} of ${found.asked} instances with streams answered`,
          ...(rows.length > 0
            ? table(["instance", "since", "streams", "people", "live", "channels"], rows)
            : []),
        ],
      };
    },
  },
};

export const caches: Readonly<Record<string, Command>> = {
  list: {
    usage: "caches list [hour | day | week]",
    summary: "namespaces with their lifetimes and hit rates",
    run: async ({ caller, words }) => {
      const range = OVERVIEW_RANGES.find((name) => name === (words[0] ?? "hour"));
      if (!range) throw new UsageError(`a range is one of ${OVERVIEW_RANGES.join(", ")}`);
      const { items } = await listCaches(caller, { range });
      const rows = items.map(({ namespace, ttlSeconds, swrSeconds, lookups, hits }) => [
        ...[namespace, `${ttlSeconds} s`, `${swrSeconds} s`, String(lookups)],
        lookups === 0 ? "" : `${Math.round((100 * hits) / lookups)} %`,
      ]);
      return { json: items, lines: table(["namespace", "ttl", "stale window", "lookups", "hits"], rows) };
    },
  },
  invalidate: {
    usage: "caches invalidate <tag> --reason text",
    summary: "all entries with a tag, such as post:{id}, feed, shop",
    changes: "something",
    run: async ({ caller, words, auditContext }) => {
      await invalidateCacheTag(caller, requireWord(words, "tag"), auditContext);
      return { json: { invalidated: true }, lines: ["invalidated"] };
    },
  },
};
