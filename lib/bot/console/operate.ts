import type { AuditContext } from "../../audit";
import { botProjectTag, cacheManager } from "../../cache";
import type { Caller } from "../../core/access-token";
import { newId } from "../../core/ids";
import { claimIdempotencyKey, type Transaction, transaction } from "../../db";
import { lockBot, type RunBot } from "./require-bot";

/** Who does something, and how it is recorded and repeated. */
export interface Operator {
  caller: Caller;
  context: AuditContext;
  /** Of the request; the same one again is the same change. */
  idempotencyKey?: string | undefined;
}

/** What is done: with the input, the identity of a repeatable request. */
interface Operation {
  botId: string;
  name: string;
  input: unknown;
  /** Of the row that the change adds or is about. */
  resultId?: string;
  /** Changes what people's updates find: not a draft, which only its editors see. */
  changesBot?: true;
}

/**
 * Changes a bot in one transaction, in turn with its other changes. With `changesBot`, what its webhook has cached is
 * invalidated with it.
 *
 * @param write  gets the id of the row that it adds
 * @returns that id; of the first request when this one repeats it
 * @throws {AppError} as `requireBot`, `claimIdempotencyKey` and `write` do
 */
export function operate(
  { caller, idempotencyKey }: Operator,
  { botId, name, input, resultId = newId(), changesBot }: Operation,
  write: (tx: Transaction, bot: RunBot, id: string) => Promise<void>,
): Promise<string> {
  return transaction(async (tx) => {
    const bot = await lockBot(tx, caller, botId);
    const claimed = await claimIdempotencyKey(
      tx,
      { userId: caller.userId, scope: "bot", key: idempotencyKey, input: { name, botId, input } },
      resultId,
    );
    if (claimed.isRepeat) return claimed.id;
    if (changesBot) await cacheManager.invalidateAfterCommit(tx, [botProjectTag(botId)]);
    await write(tx, bot, claimed.id);
    return claimed.id;
  });
}
