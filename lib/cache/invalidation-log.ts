import { now } from "../core/clock";
import { defer } from "../core/defer";
import { env } from "../core/env";
import { log } from "../core/log";
import { db } from "../db";
import type { Memory, Targets } from "./memory";
import { TRUST_MS } from "./memory";
import { deleteOutbox, MOST_ROWS, type OutboxRow, readOutbox, writeOutbox } from "./outbox";
import * as store from "./store";
import { within } from "./with-timeout-or-undefined";

/** While Postgres does not answer nobody waits for it again for this long. */
const CHECK_PAUSE_MS = 1_000;
/** Beyond this Postgres alone remembers. Keeps the script that is told of them short. */
const MOST_OWED = 1_000;
/** What came of a look shows in `doubt`. */
const noted = () => {};
const answeredAtAll = () => true;

/** A look at the rows, and telling Redis what they say. */
interface Look {
  /** Postgres has answered, or is known to be away. */
  readonly answered: Promise<unknown>;
  /** True when there was nothing to tell. Throws when Redis could not be told. */
  readonly clean: Promise<boolean>;
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
export class Told {
  /** Redis failed in this process and the rows have not been looked at since. */
  private doubt = false;
  /** What this process could not tell Redis: told before it believes Redis again, with or without Postgres. */
  private owed: Targets = { members: [], tags: [] };
  private looking: Look | undefined;
  private pausedAtMs = Number.NEGATIVE_INFINITY;
  private polling: Promise<true> | undefined;
  private polledAtMs = Number.NEGATIVE_INFINITY;
  private readonly seen = new Set<string>();

  constructor(private readonly memory: Memory) {}

  /** Redis failed: it may have missed something. */
  doubtRedis(): void {
    this.doubt = true;
    this.pausedAtMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * Ask after every read of Redis.
   *
   * @param told  whether the read saw `cache:told`
   * @returns true when what was read may be believed; false when it must be read again
   * @throws when Redis does not answer any more
   */
  async believe(told: boolean): Promise<boolean> {
    if (this.owed.members.length + this.owed.tags.length > 0) {
      const { owed } = this;
      await this.tell(owed);
      if (this.owed === owed) this.owed = { members: [], tags: [] };
      return false;
    }
    if ((told && !this.doubt) || isWithin(CHECK_PAUSE_MS, this.pausedAtMs)) return true;
    this.looking ??= this.look();
    const { answered, clean } = this.looking;
    // A page waits for Postgres to say what Redis may not know no longer than for Redis itself. What it has said
    // holds, however long Redis then takes to be told.
    if (await within(env().REDIS_TIMEOUT_MS, answered)) return clean;
    this.pausedAtMs = now();
    // It goes on without anybody waiting: the function must live until it has told Redis what it found.
    defer(() => clean.then(noted, noted));
    return true;
  }

  /** Invalidates here and in Redis. @throws when Redis could not be told; nothing is remembered then */
  async tell(targets: Targets): Promise<void> {
    this.memory.drop(targets);
    try {
      await store.drop(targets);
    } finally {
      // Again: meanwhile somebody here may have read what was still in Redis.
      this.memory.drop(targets);
    }
  }

  /** Remembers an invalidation that Redis could not be told, here and in Postgres if that answers. */
  async owe(targets: Targets): Promise<void> {
    this.remember(targets);
    try {
      this.seen.add(await writeOutbox(db(), targets));
    } catch (error) {
      log().warn({ err: error }, "a cache invalidation waits in this process: Redis and Postgres are away");
    }
  }

  /** The same for one that is in Postgres already. */
  oweRow(row: OutboxRow): void {
    this.remember(row);
    this.seen.add(row.id);
  }

  private remember({ members, tags }: Targets): void {
    this.doubtRedis();
    if (this.owed.members.length + this.owed.tags.length > MOST_OWED) return;
    this.owed = together([this.owed, { members, tags }]);
  }

  /** Before memory is believed without Redis: drops what others invalidated. Never throws, never waits long. */
  async pollWithoutRedis(): Promise<void> {
    if (isWithin(TRUST_MS, this.polledAtMs)) return;
    this.polling ??= this.poll().finally(() => {
      this.polling = undefined;
    });
    const done = await within(env().REDIS_TIMEOUT_MS, this.polling);
    if (!done) this.polledAtMs = now();
  }

  private async poll(): Promise<true> {
    const startedMs = now();
    try {
      for (const row of await readOutbox()) this.dropOnce(row);
    } catch (error) {
      log().debug({ err: error }, "invalidations are not known: Redis and Postgres are away");
    }
    this.polledAtMs = startedMs;
    return true;
  }

  /** A row stays while Redis is away: what was loaded after it must not be dropped at every look. */
  private dropOnce(row: OutboxRow): void {
    if (this.seen.has(row.id)) return;
    this.seen.add(row.id);
    this.memory.drop(row);
  }

  private look(): Look {
    this.doubt = false;
    const startedMs = now();
    const reading = readOutbox();
    const clean = this.tellAll(reading, startedMs).finally(() => {
      this.looking = undefined;
    });
    return { answered: reading.then(answeredAtAll, answeredAtAll), clean };
  }

  /** @returns true when there was nothing to tell */
  private async tellAll(reading: Promise<OutboxRow[]>, startedMs: number): Promise<boolean> {
    let rows: OutboxRow[];
    try {
      rows = await reading;
    } catch (error) {
      log().debug({ err: error }, "invalidations are not checked: Postgres is away");
      this.doubt = true;
      this.pausedAtMs = now();
      return true;
    }
    try {
      // In one call: a page waits for it.
      if (rows.length > 0) await this.tell(together(rows));
      // A look that took long says nothing about the moment it ended.
      if (rows.length < MOST_ROWS && now() - startedMs < CHECK_PAUSE_MS) await store.markTold();
    } catch (error) {
      this.doubt = true;
      throw error;
    }
    if (rows.length === 0) return true;
    this.seen.clear();
    log().info({ invalidations: rows.length }, "Redis was told what it had missed");
    this.forget(rows.map(({ id }) => id));
    return false;
  }

  /** Best effort: a row that stays is told once more. */
  forget(ids: readonly string[]): void {
    defer(() =>
      deleteOutbox(ids).catch((error: unknown) => {
        log().debug({ err: error }, "told invalidations stay in Postgres for now");
      }),
    );
  }
}

/** Whether a moment is that recent. One that is still to come is not: the clock was set back. */
function isWithin(lengthMs: number, sinceMs: number): boolean {
  const elapsedMs = now() - sinceMs;
  return elapsedMs >= 0 && elapsedMs < lengthMs;
}

function together(all: readonly Targets[]): Targets {
  return {
    members: [...new Set(all.flatMap(({ members }) => members))],
    tags: [...new Set(all.flatMap(({ tags }) => tags))],
  };
}
