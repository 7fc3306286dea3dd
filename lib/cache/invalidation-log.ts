import { now } from "../core/clock";
import { defer } from "../core/defer";
import { env } from "../core/env";
import { log } from "../core/log";
import { db } from "../db";
import type { InvalidationTargets, Memory } from "./memory";
import { TRUST_MS } from "./memory";
import { deleteOutbox, MAX_OUTBOX_ROWS, type OutboxRow, readOutbox, writeOutbox } from "./outbox";
import * as store from "./store";
import { withTimeoutOrUndefined } from "./with-timeout-or-undefined";

/** While Postgres does not answer nobody waits for it again for this long. */
const CHECK_PAUSE_MS = 1_000;
/** Beyond this Postgres alone remembers. Keeps the script that is told of them short. */
const MAX_PENDING_TARGETS = 1_000;
/** What came of a look shows in `doubt`. */
const noop = () => {};
const toTrue = () => true;

/** A look at the rows, and telling Redis what they say. */
interface OutboxCheck {
  /** Postgres has answered, or is known to be away. */
  readonly postgresAnswered: Promise<unknown>;
  /** True when there was nothing to tell. Throws when Redis could not be told. */
  readonly nothingToReplay: Promise<boolean>;
}

/**
 * Whether what Redis holds may be believed.
 *
 * An invalidation is a row in Postgres, in the writer's transaction, until Redis was told. The key
 * `cache:told` lives for ten seconds after somebody found no such row. Whoever reads Redis and does not
 * see it (or has seen Redis fail since it last looked) looks into Postgres first, tells Redis what it finds,
 * and sets the key. So an invalidation that missed Redis, for whatever reason and whoever else noticed,
 * goes unnoticed for ten seconds at most, and costs the whole fleet about one small statement in ten seconds.
 *
 * Without Redis the rows are read at most once a second, before memory is believed. Without Postgres nobody
 * can have committed a change: what is there is served.
 */
export class InvalidationLog {
  /** Redis failed in this process and the rows have not been looked at since. */
  private redisSuspect = false;
  /** What this process could not tell Redis: told before it believes Redis again, with or without Postgres. */
  private pendingReplay: InvalidationTargets = { members: [], tags: [] };
  private activeCheck: OutboxCheck | undefined;
  private checksPausedAtMs = Number.NEGATIVE_INFINITY;
  private activePoll: Promise<true> | undefined;
  private polledAtMs = Number.NEGATIVE_INFINITY;
  private readonly appliedRowIds = new Set<string>();

  constructor(private readonly memory: Memory) {}

  /** Redis failed: it may have missed something. */
  markRedisSuspect(): void {
    this.redisSuspect = true;
    this.checksPausedAtMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * Ask after every read of Redis.
   *
   * @param sawTrustLease  whether the read saw `cache:told`
   * @returns true when what was read may be believed; false when it must be read again
   * @throws when Redis does not answer any more
   */
  async isTrusted(sawTrustLease: boolean): Promise<boolean> {
    if (this.pendingReplay.members.length + this.pendingReplay.tags.length > 0) {
      const { pendingReplay } = this;
      await this.apply(pendingReplay);
      if (this.pendingReplay === pendingReplay) this.pendingReplay = { members: [], tags: [] };
      return false;
    }
    if ((sawTrustLease && !this.redisSuspect) || isRecent(CHECK_PAUSE_MS, this.checksPausedAtMs)) return true;
    this.activeCheck ??= this.startCheck();
    const { postgresAnswered, nothingToReplay } = this.activeCheck;
    // A page waits for Postgres to say what Redis may not know no longer than for Redis itself. What it has said
    // holds, however long Redis then takes to be told.
    if (await withTimeoutOrUndefined(env().REDIS_TIMEOUT_MS, postgresAnswered)) return nothingToReplay;
    this.checksPausedAtMs = now();
    // It goes on without anybody waiting: the function must live until it has told Redis what it found.
    defer(() => nothingToReplay.then(noop, noop));
    return true;
  }

  /** Invalidates here and in Redis. @throws when Redis could not be told; nothing is remembered then */
  async apply(targets: InvalidationTargets): Promise<void> {
    this.memory.invalidate(targets);
    try {
      await store.invalidate(targets);
    } finally {
      // Again: meanwhile somebody here may have read what was still in Redis.
      this.memory.invalidate(targets);
    }
  }

  /** Remembers an invalidation that Redis could not be told, here and in Postgres if that answers. */
  async addPending(targets: InvalidationTargets): Promise<void> {
    this.enqueueReplay(targets);
    try {
      this.appliedRowIds.add(await writeOutbox(db(), targets));
    } catch (error) {
      log().warn({ err: error }, "a cache invalidation waits in this process: Redis and Postgres are away");
    }
  }

  /** The same for one that is in Postgres already. */
  addPendingRow(row: OutboxRow): void {
    this.enqueueReplay(row);
    this.appliedRowIds.add(row.id);
  }

  private enqueueReplay({ members, tags }: InvalidationTargets): void {
    this.markRedisSuspect();
    if (this.pendingReplay.members.length + this.pendingReplay.tags.length > MAX_PENDING_TARGETS) return;
    this.pendingReplay = mergeTargets([this.pendingReplay, { members, tags }]);
  }

  /** Before memory is believed without Redis: drops what others invalidated. Never throws, never waits long. */
  async pollWithoutRedis(): Promise<void> {
    if (isRecent(TRUST_MS, this.polledAtMs)) return;
    this.activePoll ??= this.poll().finally(() => {
      this.activePoll = undefined;
    });
    const finished = await withTimeoutOrUndefined(env().REDIS_TIMEOUT_MS, this.activePoll);
    if (!finished) this.polledAtMs = now();
  }

  private async poll(): Promise<true> {
    const startedMs = now();
    try {
      for (const outboxRow of await readOutbox()) this.applyRowOnce(outboxRow);
    } catch (error) {
      log().debug({ err: error }, "invalidations are not known: Redis and Postgres are away");
    }
    this.polledAtMs = startedMs;
    return true;
  }

  /** A row stays while Redis is away: what was loaded after it must not be dropped at every look. */
  private applyRowOnce(row: OutboxRow): void {
    if (this.appliedRowIds.has(row.id)) return;
    this.appliedRowIds.add(row.id);
    this.memory.invalidate(row);
  }

  private startCheck(): OutboxCheck {
    this.redisSuspect = false;
    const startedMs = now();
    const rowsRead = readOutbox();
    const nothingToReplay = this.replay(rowsRead, startedMs).finally(() => {
      this.activeCheck = undefined;
    });
    return { postgresAnswered: rowsRead.then(toTrue, toTrue), nothingToReplay };
  }

  /** @returns true when there was nothing to tell */
  private async replay(rowsRead: Promise<OutboxRow[]>, startedMs: number): Promise<boolean> {
    let rows: OutboxRow[];
    try {
      rows = await rowsRead;
    } catch (error) {
      log().debug({ err: error }, "invalidations are not checked: Postgres is away");
      this.redisSuspect = true;
      this.checksPausedAtMs = now();
      return true;
    }
    try {
      // In one call: a page waits for it.
      if (rows.length > 0) await this.apply(mergeTargets(rows));
      // A look that took long says nothing about the moment it ended.
      if (rows.length < MAX_OUTBOX_ROWS && now() - startedMs < CHECK_PAUSE_MS) await store.renewTrustLease();
    } catch (error) {
      this.redisSuspect = true;
      throw error;
    }
    if (rows.length === 0) return true;
    this.appliedRowIds.clear();
    log().info({ invalidations: rows.length }, "Redis was told what it had missed");
    this.deleteRowsLater(rows.map(({ id }) => id));
    return false;
  }

  /** Best effort: a row that stays is told once more. */
  deleteRowsLater(ids: readonly string[]): void {
    defer(() =>
      deleteOutbox(ids).catch((error: unknown) => {
        log().debug({ err: error }, "told invalidations stay in Postgres for now");
      }),
    );
  }
}

/** Whether a moment is that recent. One that is still to come is not: the clock was set back. */
function isRecent(periodMs: number, sinceMs: number): boolean {
  const elapsedMs = now() - sinceMs;
  return elapsedMs >= 0 && elapsedMs < periodMs;
}

function mergeTargets(all: readonly InvalidationTargets[]): InvalidationTargets {
  return {
    members: [...new Set(all.flatMap(({ members }) => members))],
    tags: [...new Set(all.flatMap(({ tags }) => tags))],
  };
}
