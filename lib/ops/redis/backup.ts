import { createHash } from "node:crypto";
import { z } from "zod";
import { type AuditContext, recordAudit } from "../../audit";
import { env } from "../../core/env";
import { AppError } from "../../core/errors";
import type { SignedInCaller } from "../../core/permission";
import { db } from "../../db";
import { redis } from "../../redis";
import { type CommandArguments, resultOf } from "../../redis/guarded-redis";
import { scanKeys } from "../../redis/scan-keys";
import { recordThen } from "../record-then";
import { requireOperator } from "../require-operator";
import { isRestorable } from "./restorable";
import { type BackupEntry, parseStoredValue, readCommand, writeCommands } from "./values";

/** Commands of one HTTP call. */
const COMMANDS_PER_CALL = 50;
const textSchema = z.string();
const ttlSchema = z.number().int();

/**
 * All keys of this deployment, one after another, by commands that every Redis has. Not a snapshot: what changes
 * meanwhile is in it as of the time it was read. A key of a type that the app does not store is left out.
 *
 * The reading is recorded before it begins: the file says as much of people as Redis does.
 *
 * @throws {AppError} forbidden; fresh_sign_in_required @throws {RedisUnavailableError}
 */
export async function* backUpRedis(
  caller: SignedInCaller,
  auditContext: AuditContext,
): AsyncGenerator<BackupEntry> {
  requireOperator(caller);
  await recordAudit(db(), {
    action: "redis_backed_up",
    actorId: caller.userId,
    subject: "app",
    ...auditContext,
  });
  const seen = new Set<string>();
  for await (const found of scanKeys(`${env().REDIS_KEY_PREFIX}*`)) {
    const keys = found.filter((key) => !seen.has(key));
    for (const key of keys) seen.add(key);
    yield* await readEntries(keys);
  }
}

/**
 * Writes a backup into an empty database and compares every key with the file. TTLs count from now on.
 *
 * @param scope  `needed`: what Redis alone has; `everything`: also copies of Postgres, which must not have changed since
 * @returns how many keys were written
 * @throws {AppError} forbidden; fresh_sign_in_required; conflict when Redis has keys of this deployment
 * @throws {RestoreMismatchError} when a key is not as in the file @throws {RedisUnavailableError}
 */
export async function restoreRedis(
  caller: SignedInCaller,
  backup: readonly BackupEntry[],
  scope: "needed" | "everything",
  auditContext: AuditContext,
): Promise<number> {
  requireOperator(caller);
  for await (const found of scanKeys(`${env().REDIS_KEY_PREFIX}*`))
    if (found.length > 0) throw new AppError("conflict", { message: "redis_not_empty" });
  const entries = backup.filter(({ key }) => isRestorable(key, scope));
  const data = { keys: entries.length, of: backup.length };
  await recordThen({ caller, action: "redis_restored", data }, auditContext, () => write(entries));
  await compare(entries);
  return entries.length;
}

async function write(entries: readonly BackupEntry[]): Promise<void> {
  const pending: CommandArguments[] = [];
  for (const entry of entries) {
    pending.push(...writeCommands(entry));
    while (pending.length >= COMMANDS_PER_CALL) await send(pending.splice(0, COMMANDS_PER_CALL));
  }
  await send(pending);
}

/** A restored key that is not as in the file. */
export class RestoreMismatchError extends Error {
  override name = "RestoreMismatchError";
}

async function send(commands: readonly CommandArguments[]): Promise<void> {
  if (commands.length === 0) return;
  for (const { error } of await redis().sendPipeline(commands)) if (error) throw error;
}

async function compare(entries: readonly BackupEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; from += COMMANDS_PER_CALL) {
    const part = entries.slice(from, from + COMMANDS_PER_CALL);
    const written = new Map(
      (await readEntries(part.map(({ key }) => key))).map((entry) => [entry.key, entry]),
    );
    for (const entry of part) {
      const copy = written.get(entry.key);
      // A short TTL may have ended since.
      if (copy ? digest(copy) !== digest(entry) : entry.ttlMs === null)
        throw new RestoreMismatchError(`key not restored as it was: ${entry.key}`);
    }
  }
}

/** Of type and value; members of sets and hashes come in no order. */
function digest({ type, value }: BackupEntry): string {
  const parts = typeof value === "string" ? [value] : value.map((part) => JSON.stringify(part));
  if (type === "set") parts.sort();
  if (type === "hash") {
    const pairs = parts.flatMap((field, index) => (index % 2 === 0 ? [`${field}=${parts[index + 1]}`] : []));
    parts.splice(0, parts.length, ...pairs.sort());
  }
  return createHash("sha256")
    .update(JSON.stringify([type, parts]))
    .digest("hex");
}

async function readEntries(keys: readonly string[]): Promise<BackupEntry[]> {
  if (keys.length === 0) return [];
  const types = await redis().sendPipeline(keys.map((key) => ["TYPE", key]));
  const readable = keys.flatMap((key, index) => {
    const type = textSchema.catch("none").parse(resultOf(types[index]));
    const command = readCommand(type, key);
    return command ? [{ key, type, command }] : [];
  });
  if (readable.length === 0) return [];
  const replies = await redis().sendPipeline(
    readable.flatMap(({ key, command }) => [command, ["PTTL", key] as const]),
  );
  return readable.flatMap(({ key, type }, index) => {
    const stored = parseStoredValue(type, resultOf(replies[2 * index]) ?? null);
    const ttlMs = ttlSchema.catch(-1).parse(resultOf(replies[2 * index + 1]));
    return stored ? [{ key, ttlMs: ttlMs > 0 ? ttlMs : null, ...stored }] : [];
  });
}
