import { addEntry } from "../bonuses";
import type { CachedBot } from "../cache";
import { OutgoingRequestError } from "../core/outgoing-request";
import { isStorable } from "../core/text";
import type { Transaction } from "../db";
import { acquireLock, type Lock, RedisUnavailableError, releaseLock } from "../redis";
import type { Execution, Variables } from "../schemas/bot";
import { MAX_SPEND_MINOR } from "../schemas/limits";
import type { NodeOf } from "../schemas/workflow";
import { innermost } from "./advance";
import { readPath, requestForWorkflow } from "./http-request";
import type { HeavyNode, HeavyOutcome, RunContext } from "./run-types";
import { cut, type Lookup, MAX_VALUE_LENGTH, renderText } from "./template";

/** How long a spend waits for another one of the same user; then the ledger alone decides. */
const LOCK_WAIT_MS = 5_000;

/** What the slow half of a heavy step leaves for its transaction. */
export type PreparedStep =
  | { kind: "outcome"; outcome: HeavyOutcome }
  | { kind: "bonuses"; lock: Lock | null };

/** The slow half: a call, or the wait for the user's lock. No transaction is open. */
export async function prepareHeavyStep(
  node: HeavyNode,
  execution: Execution,
  lookup: Lookup,
  { userId, signal, bot }: { userId: string | null; signal: AbortSignal; bot: CachedBot },
): Promise<PreparedStep> {
  if (node.kind === "httpRequest")
    return { kind: "outcome", outcome: await callForWorkflow(node, execution, lookup, { signal, bot }) };
  if (node.kind === "creditBonuses" || userId === null) return { kind: "bonuses", lock: null };
  return { kind: "bonuses", lock: await acquireSpendLock(userId) };
}

/**
 * Makes spends of a user, in the bot and on the site, run one after another. It guarantees nothing: when it expires, is
 * lost, or Redis is unavailable, the ledger's row lock and constraints still prevent overspending.
 */
async function acquireSpendLock(userId: string): Promise<Lock | null> {
  try {
    const attempt = await acquireLock("user", `${userId}:spend`, { waitMs: LOCK_WAIT_MS });
    return attempt.acquired ? attempt.lock : null;
  } catch (error) {
    if (error instanceof RedisUnavailableError) return null;
    throw error;
  }
}

/** Releases the lock, unless it has expired. Best effort. */
export async function releaseSpendLock(lock: Lock | null): Promise<void> {
  if (lock) await releaseLock(lock).catch(() => {});
}

async function callForWorkflow(
  node: NodeOf<"httpRequest">,
  { id, stepNo }: Execution,
  lookup: Lookup,
  { signal, bot }: { signal: AbortSignal; bot: CachedBot },
): Promise<HeavyOutcome> {
  const body = Object.entries(node.body ?? {}).map(([name, value]) => [
    name,
    typeof value === "string" ? renderText(value, lookup) : value,
  ]);
  try {
    const text = await requestForWorkflow({
      method: node.method,
      // A value may be a part of the address, never the host.
      url: renderText(node.url, (name) => encodeURIComponent(String(lookup(name) ?? ""))),
      body: node.method === "POST" ? Object.fromEntries(body) : null,
      idempotencyKey: `${id}-${stepNo}`,
      signal,
      allowsNumbers: bot.isAdministrators,
    });
    return { take: "next", variables: readVariables(text, node.save) };
  } catch (error) {
    if (!(error instanceof OutgoingRequestError)) throw error;
    return { take: "failed", variables: {}, error: error.message };
  }
}

/** The variables that a response sets. @throws {OutgoingRequestError} when the response is not JSON */
function readVariables(text: string, save: Readonly<Record<string, string>>): Variables {
  if (Object.keys(save).length === 0) return {};
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new OutgoingRequestError("its answer is not JSON", { cause });
  }
  return Object.fromEntries(
    Object.entries(save).flatMap(([name, path]) => {
      const value = readPath(json, path);
      if (value === null || (typeof value === "string" && !isStorable(value))) return [];
      return [[name, typeof value === "string" ? cut(value, MAX_VALUE_LENGTH) : value]];
    }),
  );
}

/**
 * Writes the ledger entry of a step about bonuses in the transaction of the step: both commit together.
 * @param userId  the linked account, read under the person's lock
 */
export async function applyBonuses(
  tx: Transaction,
  node: NodeOf<"spendBonuses"> | NodeOf<"creditBonuses">,
  execution: Execution,
  { userId, context, lookup }: { userId: string | null; context: RunContext; lookup: Lookup },
): Promise<HeavyOutcome> {
  if (userId === null) return { take: "unlinked", variables: {} };
  const stepKey = `bot:${execution.id}:${execution.stepNo}`;
  const note = node.note[context.language];
  if (node.kind === "creditBonuses") {
    if (!context.bot.isAdministrators)
      return { take: "next", variables: {}, error: "only bots of administrators credit bonuses" };
    // The ledger's constraint on the key refuses a second credit, whichever execution or bot's version asks for it.
    const key =
      node.once === undefined
        ? `granted:${stepKey}`
        : `granted:bot:${innermost(execution).workflowId}:${node.once}:${userId}`;
    const credited = await addEntry(tx, { userId, kind: "granted", amount: node.amountMinor, key, note });
    if (!("entry" in credited)) return { take: "unlinked", variables: {} };
    // The balance of an earlier entry is not today's.
    if (credited.outcome === "existing") return { take: "already", variables: {} };
    return { take: "next", variables: {}, balance: credited.entry.balance };
  }
  const amount = Math.round(Number(lookup(node.amount) ?? Number.NaN) * 100);
  if (!Number.isSafeInteger(amount) || amount <= 0 || amount > MAX_SPEND_MINOR)
    return { take: "insufficient", variables: {}, error: "not an amount" };
  // Clients of the site choose what follows `spent:`, so a spend of a bot has a prefix of its own.
  const spent = await addEntry(tx, { userId, kind: "spent", amount: -amount, key: `spent-${stepKey}`, note });
  if (spent.outcome === "existing" && spent.entry.amount !== -amount)
    throw new Error(`entry ${spent.entry.id} of this step has another amount`);
  if (spent.outcome === "no_account") return { take: "unlinked", variables: {} };
  if (spent.outcome === "insufficient")
    return { take: "insufficient", variables: {}, balance: spent.balance };
  return { take: "next", variables: {}, balance: spent.entry.balance };
}
