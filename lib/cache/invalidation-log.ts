import { now } from "../core/clock";
import { defer } from "../core/defer";
import { env } from "../core/env";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { withTimeoutOrUndefined } from "../core/with-timeout";
import { afterCommit, db, type Transaction } from "../db";
import type { InvalidationTargets, Memory } from "./memory";
import { TRUST_MS } from "./memory";
import { deleteOutbox, MAX_OUTBOX_ROWS, type OutboxRow, readOutbox, writeOutbox } from "./outbox";
import * as store from "./store";

/** After Postgres failed to answer in time, reads skip the check for this long. */
const CHECK_PAUSE_MS = 1_000;
/** Pending targets kept in this process; more are in Postgres only. Keeps the replay script short. */
const MAX_PENDING_TARGETS = 1_000;
/** Tags of one row are invalidated by one script, which blocks Redis meanwhile. */
const MAX_TAGS_PER_ROW = 200;
/** The outcome of a check is in `redisSuspect`. */
const noop = () => {};
const toTrue = () => true;

/** One read of the outbox, and the replay of its rows to Redis. */
interface OutboxCheck {
  /** Resolves when Postgres has answered or failed. */
  readonly postgresAnswered: Promise<unknown>;
  /** Resolves to true when there were no rows. Rejects when Redis does not take them. */
  readonly nothingToReplay: Promise<boolean>;
}

/** What a process knows of invalidations that Redis missed. */
export class InvalidationState {
  /** A Redis call failed in this process and the rows have not been read since. */
  redisSuspect = false;
  /** Invalidations of this process that Redis missed: replayed before Redis is trusted again, even without Postgres. */
  pendingReplay: InvalidationTargets = { members: [], tags: [] };
  activeCheck: OutboxCheck | undefined;
  checksPausedAtMs = Number.NEGATIVE_INFINITY;
  activePoll: Promise<true> | undefined;
  polledAtMs = Number.NEGATIVE_INFINITY;
  readonly appliedRowIds = new Set<string>();
}

/**
 * Applies invalidations, keeps those that Redis missed, and decides whether an entry that was read from Redis is trusted.
 *
 * An invalidation is a row in Postgres, written in the transaction of the change, until Redis has applied it. The
 * trust lease (key `cache:told`) lives for ten seconds after a check of the rows. A reader that does not see
 * the lease, or whose process has seen Redis fail since its last check, reads the rows first, replays them to
 * Redis and renews the lease. So an invalidation that missed Redis is applied after ten seconds at most, at the
 * cost of about one small statement per ten seconds for the whole fleet.
 *
 * Without Redis the rows are read at most once a second, before memory is trusted. Without Postgres no change
 * can have committed, so cached values are served.
 */
export class InvalidationLog {
  /**
   * @param state  of the process, like the memory
   * @param onRedisFailure  called when Redis did not take an invalidation; it marks Redis as suspect
   */
  constructor(
    private readonly memory: Memory,
    private readonly state: InvalidationState,
    private readonly onRedisFailure: (error: unknown) => void,
  ) {}

  /** Call after a failed Redis call: Redis may have missed an invalidation. */
  markRedisSuspect(): void {
    this.state.redisSuspect = true;
    this.state.checksPausedAtMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * Call after every read of Redis.
   *
   * @param sawTrustLease  whether the read saw the trust lease
   * @returns true when the read is trusted; false when the caller must read again
   * @throws when a replay to Redis fails
   */
  async isTrusted(sawTrustLease: boolean): Promise<boolean> {
    if (this.state.pendingReplay.members.length + this.state.pendingReplay.tags.length > 0) {
      const { pendingReplay } = this.state;
      await this.apply(pendingReplay);
      if (this.state.pendingReplay === pendingReplay) this.state.pendingReplay = { members: [], tags: [] };
      return false;
    }
    if ((sawTrustLease && !this.state.redisSuspect) || isRecent(CHECK_PAUSE_MS, this.state.checksPausedAtMs))
      return true;
    this.state.activeCheck ??= this.startCheck();
    const { postgresAnswered, nothingToReplay } = this.state.activeCheck;
    // A reader waits for Postgres no longer than for Redis. Once the rows are read it waits for their replay too,
    // however long that takes.
    if (await withTimeoutOrUndefined(postgresAnswered, env().REDIS_TIMEOUT_MS)) return nothingToReplay;
    this.state.checksPausedAtMs = now();
    // The check continues in the background: the function must live until the rows are replayed.
    defer(() => nothingToReplay.then(noop, noop));
    return true;
  }

  /** Invalidates in memory and in Redis. When Redis is unavailable, the invalidation is stored. */
  async invalidate(targets: InvalidationTargets): Promise<void> {
    try {
      await this.apply(targets);
    } catch (error) {
      this.onRedisFailure(error);
      await this.addPending(targets);
    }
  }

  /** Records an invalidation in the transaction of the change, and applies it after the commit. */
  async invalidateAfterCommit(tx: Transaction, tags: readonly string[]): Promise<void> {
    const rows: OutboxRow[] = [];
    for (let from = 0; from < tags.length; from += MAX_TAGS_PER_ROW) {
      const targets = { members: [], tags: tags.slice(from, from + MAX_TAGS_PER_ROW) };
      rows.push({ id: await writeOutbox(tx, targets), ...targets });
    }
    if (rows.length === 0) return;
    afterCommit(
      tx,
      () => this.applyRows(rows),
      () => {
        // Unknown outcome: the commit may have succeeded.
        this.markRedisSuspect();
        for (const row of rows) this.memory.invalidate(row);
      },
    );
  }

  private async applyRows(rows: readonly OutboxRow[]): Promise<void> {
    await failpoint("cache.committed");
    for (const [index, row] of rows.entries()) {
      try {
        await this.apply(row);
        this.deleteRowsLater([row.id]);
      } catch (error) {
        this.onRedisFailure(error);
        // The remaining rows would fail on the same Redis.
        for (const remainingRow of rows.slice(index)) {
          this.memory.invalidate(remainingRow);
          this.enqueueReplay(remainingRow);
          this.state.appliedRowIds.add(remainingRow.id);
        }
        break;
      }
    }
  }

  /** @throws when Redis fails; the caller then stores the invalidation */
  private async apply(targets: InvalidationTargets): Promise<void> {
    this.memory.invalidate(targets);
    try {
      await store.invalidate(targets);
    } finally {
      // Again: meanwhile a read in this process may have cached the old entry from Redis.
      this.memory.invalidate(targets);
    }
  }

  /** Stores an invalidation that Redis missed, in this process and, if it answers, in Postgres. */
  async addPending(targets: InvalidationTargets): Promise<void> {
    this.enqueueReplay(targets);
    try {
      this.state.appliedRowIds.add(await writeOutbox(db(), targets));
    } catch (error) {
      log().warn(
        { err: error },
        "cache invalidation kept in this process only: Redis and Postgres unavailable",
      );
    }
  }

  private enqueueReplay({ members, tags }: InvalidationTargets): void {
    this.markRedisSuspect();
    if (this.state.pendingReplay.members.length + this.state.pendingReplay.tags.length > MAX_PENDING_TARGETS)
      return;
    this.state.pendingReplay = mergeTargets([this.state.pendingReplay, { members, tags }]);
  }

  /** Applies other processes' invalidations to memory without Redis. Never throws; waits REDIS_TIMEOUT_MS at most. */
  async pollWithoutRedis(): Promise<void> {
    if (isRecent(TRUST_MS, this.state.polledAtMs)) return;
    this.state.activePoll ??= this.poll().finally(() => {
      this.state.activePoll = undefined;
    });
    const finished = await withTimeoutOrUndefined(this.state.activePoll, env().REDIS_TIMEOUT_MS);
    if (!finished) this.state.polledAtMs = now();
  }

  private async poll(): Promise<true> {
    const startedMs = now();
    try {
      for (const outboxRow of await readOutbox()) this.applyRowOnce(outboxRow);
    } catch (error) {
      log().debug({ err: error }, "cache invalidations not read: Redis and Postgres unavailable");
    }
    this.state.polledAtMs = startedMs;
    return true;
  }

  /** A row stays while Redis is unavailable; applying it twice would drop entries that were loaded after it. */
  private applyRowOnce(row: OutboxRow): void {
    if (this.state.appliedRowIds.has(row.id)) return;
    this.state.appliedRowIds.add(row.id);
    this.memory.invalidate(row);
  }

  private startCheck(): OutboxCheck {
    this.state.redisSuspect = false;
    const startedMs = now();
    const rowsRead = readOutbox();
    const nothingToReplay = this.replay(rowsRead, startedMs).finally(() => {
      this.state.activeCheck = undefined;
    });
    // A reader awaits it only when Postgres has answered in time; a failure in between is not unhandled.
    nothingToReplay.catch(noop);
    return { postgresAnswered: rowsRead.then(toTrue, toTrue), nothingToReplay };
  }

  /** @returns true when there were no rows to replay */
  private async replay(rowsRead: Promise<OutboxRow[]>, startedMs: number): Promise<boolean> {
    let rows: OutboxRow[];
    try {
      rows = await rowsRead;
    } catch (error) {
      log().debug({ err: error }, "cache invalidations not checked: Postgres unavailable");
      this.state.redisSuspect = true;
      this.state.checksPausedAtMs = now();
      return true;
    }
    try {
      // In one call, because a reader waits for it.
      if (rows.length > 0) await this.apply(mergeTargets(rows));
      // A slow check does not renew the lease: rows may have been added since its read.
      if (rows.length < MAX_OUTBOX_ROWS && now() - startedMs < CHECK_PAUSE_MS) await store.renewTrustLease();
    } catch (error) {
      this.state.redisSuspect = true;
      throw error;
    }
    if (rows.length === 0) return true;
    this.state.appliedRowIds.clear();
    log().info({ invalidations: rows.length }, "pending cache invalidations replayed to Redis");
    this.deleteRowsLater(rows.map(({ id }) => id));
    return false;
  }

  /** Best effort: a row that stays is replayed again, which is harmless. */
  private deleteRowsLater(ids: readonly string[]): void {
    defer(() =>
      deleteOutbox(ids).catch((error: unknown) => {
        log().debug({ err: error }, "replayed cache invalidations not deleted: Postgres unavailable");
      }),
    );
  }
}

/** Whether less than the period has passed. A moment in the future does not count: the clock was set back. */
function isRecent(periodMs: number, sinceMs: number): boolean {
  const elapsedMs = now() - sinceMs;
  return elapsedMs >= 0 && elapsedMs < periodMs;
}

function mergeTargets(targets: readonly InvalidationTargets[]): InvalidationTargets {
  return {
    members: [...new Set(targets.flatMap(({ members }) => members))],
    tags: [...new Set(targets.flatMap(({ tags }) => tags))],
  };
}
