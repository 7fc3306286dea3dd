import { z } from "zod";
import type { CachedBot, CachedPerson, CachedSession } from "../cache";
import { defer } from "../core/defer";
import { AppError } from "../core/errors";
import { toAppError } from "../core/http";
import { log } from "../core/log";
import { secretsEqual } from "../core/secrets-equal";
import { isConflict, type Transaction, transaction } from "../db";
import { takeBotAllowance } from "../rate-limit/handler-limits";
import { botApi, Definitions, findBot, webhookSecret } from "./bots";
import { type ChangeSubject, commitChange } from "./commit-run";
import { redeemInBot } from "./link-account";
import { plainMessage } from "./node-message";
import { findOrCreatePerson, findSession, invalidatePerson, loadSession, StalePersonError } from "./people";
import { type Plan, planUpdate } from "./plan-update";
import { findAccount } from "./run-context";
import { type BotTextKey, botText } from "./texts";
import { type PersonUpdate, toPersonUpdate, updateSchema } from "./update";

export const updateReceiptSchema = z.object({
  /** `duplicate`: it was handled before. `ignored`: nothing follows from it. */
  outcome: z.enum(["handled", "duplicate", "ignored"]),
});
type UpdateReceipt = z.infer<typeof updateReceiptSchema>;

/**
 * Handles one update of Telegram. Its number is stored in the transaction of what follows from it, so it has its effect
 * once, however often and in whatever order it is delivered. Messages are sent after the response; slow work is a task.
 *
 * @param text    the body
 * @param secret  the header that Telegram sends
 * @throws {AppError} unauthenticated: not Telegram; bad_request: not an update; rate_limited: Telegram repeats it later
 */
export async function receiveUpdate(
  projectId: string,
  text: string,
  secret: string | null,
): Promise<UpdateReceipt> {
  if (!secretsEqual(secret ?? "", webhookSecret(projectId))) throw new AppError("unauthenticated");
  const bot = await findBot(projectId);
  if (bot?.state !== "active") return { outcome: "ignored" };
  const update = parseUpdate(text);
  if (!update) return { outcome: "ignored" };
  // Not refused: Telegram would repeat it, and hold back the updates of others.
  if (!(await takeBotAllowance(projectId, update.user.id))) {
    if (update.kind === "press") answerPress(bot, update, "tooMany");
    return { outcome: "ignored" };
  }
  const attempt = async () => handle(update, bot, await findOrCreatePerson(projectId, update.user));
  try {
    return await attempt();
  } catch (error) {
    if (isTemporary(error)) throw error;
    log().warn({ err: error, projectId, updateId: update.updateId }, "update of a bot failed: retrying once");
    if (error instanceof StalePersonError) await invalidatePerson(projectId, update.user.id);
  }
  try {
    return await attempt();
  } catch (error) {
    if (isTemporary(error)) throw error;
    log().error({ err: error, projectId, updateId: update.updateId }, "update of a bot failed");
    return giveUp(update, bot);
  }
}

/** Whether the same update may succeed later. */
function isTemporary(error: unknown): boolean {
  const { code } = toAppError(error);
  return code === "unavailable" || code === "rate_limited" || isConflict(error);
}

/**
 * An update that fails for a reason of its own would be repeated by Telegram for a day, and hold back others: its number
 * is stored, and the person reads that it failed.
 */
async function giveUp(update: PersonUpdate, bot: CachedBot): Promise<UpdateReceipt> {
  const { user } = update;
  const person = await findOrCreatePerson(bot.id, user);
  let outcome: Awaited<ReturnType<typeof commitReply>>;
  try {
    outcome = await transaction(async (tx) => {
      const userId = await lockPerson(tx, person.id);
      const session = await loadSession(tx, person.id);
      const subject = { bot, person: { ...person, userId }, session };
      return commitReply(tx, update, subject, botText(user.language, "failed"));
    });
  } catch (error) {
    if (isTemporary(error)) throw error;
    log().error({ err: error, projectId: bot.id }, "update of a bot failed: person not notified");
    outcome = await transaction((tx) => insertUpdate(tx, bot.id, update.updateId));
  }
  if (update.kind === "press") answerPress(bot, update, null);
  return { outcome: outcome === "duplicate" ? "duplicate" : "handled" };
}

function parseUpdate(text: string): PersonUpdate | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError("bad_request", { cause });
  }
  const parsed = updateSchema.safeParse(json);
  if (!parsed.success) throw new AppError("bad_request", { cause: parsed.error });
  return toPersonUpdate(parsed.data);
}

async function handle(update: PersonUpdate, bot: CachedBot, person: CachedPerson): Promise<UpdateReceipt> {
  const [cached, account] = await Promise.all([findSession(person.id), findAccount(bot, person)]);
  const definitions = new Definitions(bot);
  const subject = { bot, person, session: cached };
  const plan = await planUpdate(update, { ...subject, account, loadDefinition: definitions.load });
  // A cached session that knows of no such execution may be an older one: Postgres decides.
  if (plan.kind === "change") {
    const outcome = await tryCommit(update, subject, plan);
    if (outcome !== "stale") return finish(update, bot, plan, outcome);
  }
  const decided = await transaction(async (tx) => {
    if ((await lockPerson(tx, person.id)) !== person.userId) throw new StalePersonError();
    const session = await loadSession(tx, person.id);
    const loadDefinition = definitions.loadWithin(tx);
    const fresh = await planUpdate(update, { bot, person, session, account, loadDefinition });
    return { plan: fresh, outcome: await apply(tx, update, { bot, person, session }, fresh) };
  });
  return finish(update, bot, decided.plan, decided.outcome);
}

interface Subject {
  bot: CachedBot;
  person: CachedPerson;
  session: CachedSession;
}

class StaleSessionError extends Error {}

/** Commits a plan that was computed from a cached session. */
async function tryCommit(
  update: PersonUpdate,
  subject: Subject,
  plan: Extract<Plan, { kind: "change" }>,
): Promise<"written" | "duplicate" | "stale"> {
  try {
    return await transaction(async (tx) => {
      const outcome = await commitChange(tx, plan, changeSubject(update, subject));
      // Rolls back the update's number.
      if (outcome === "stale") throw new StaleSessionError();
      return outcome;
    });
  } catch (error) {
    if (error instanceof StaleSessionError) return "stale";
    throw error;
  }
}

function changeSubject(update: PersonUpdate, { bot, person, session }: Subject): ChangeSubject {
  const { updateId, user } = update;
  const profile = { name: user.name, language: user.language };
  return { bot, person, session, updateId, telegramId: user.id, profile };
}

/** Applies a plan under the person's lock. */
async function apply(
  tx: Transaction,
  update: PersonUpdate,
  subject: Subject,
  plan: Plan,
): Promise<"written" | "duplicate"> {
  const { bot, person } = subject;
  const outcome = await (async () => {
    switch (plan.kind) {
      case "change":
        return commitChange(tx, plan, changeSubject(update, subject));
      case "nothing":
        if (plan.reply !== null)
          return commitReply(tx, update, subject, botText(update.user.language, plan.reply));
        return insertUpdate(tx, bot.id, update.updateId);
      case "link": {
        const used = await redeemInBot(tx, { bot, person, telegramId: update.user.id, code: plan.code });
        const key: BotTextKey = used ? "linked" : "linkFailed";
        const text = botText(update.user.language, key, { name: used?.accountName ?? "" });
        const userId = used?.userId ?? person.userId;
        return commitReply(tx, update, { ...subject, person: { ...person, userId } }, text);
      }
    }
  })();
  if (outcome === "stale") throw new Error("a person's revision changed under its lock");
  return outcome;
}

/** Commits a text of the bot's own as the update's only effect. */
function commitReply(tx: Transaction, update: PersonUpdate, subject: Subject, text: string) {
  const messages = [plainMessage(update.user.id, text)];
  return commitChange(tx, { runs: [], cancelled: [], messages }, changeSubject(update, subject));
}

async function insertUpdate(
  tx: Transaction,
  projectId: string,
  updateId: string,
): Promise<"written" | "duplicate"> {
  const inserted = await tx.$executeRaw`
INSERT INTO "BotUpdate" ("projectId", "updateId") VALUES (${projectId}::uuid, ${BigInt(updateId)}) ON CONFLICT DO NOTHING`;
  return inserted > 0 ? "written" : "duplicate";
}

/** @returns the account that they are linked with now */
async function lockPerson(tx: Transaction, personId: string): Promise<string | null> {
  const rows = await tx.$queryRaw<{ userId: string | null }[]>`
SELECT "userId" FROM "BotPerson" WHERE id = ${personId}::uuid FOR NO KEY UPDATE`;
  const [row] = rows;
  if (!row) throw new StalePersonError();
  return row.userId;
}

function finish(
  update: PersonUpdate,
  bot: CachedBot,
  plan: Plan,
  outcome: "written" | "duplicate",
): UpdateReceipt {
  if (update.kind === "press")
    answerPress(bot, update, outcome === "written" && plan.kind === "nothing" ? plan.answer : null);
  return { outcome: outcome === "written" ? "handled" : "duplicate" };
}

/** Stops the button's loading indicator. Best effort: Telegram's apps stop it after a while. */
function answerPress(
  bot: CachedBot,
  { queryId, user }: Extract<PersonUpdate, { kind: "press" }>,
  text: BotTextKey | null,
): void {
  defer(async () => {
    try {
      await botApi(bot).answerCallbackQuery(
        queryId,
        text === null ? {} : { text: botText(user.language, text), show_alert: true },
      );
    } catch (error) {
      log().info({ err: error }, "press of a bot's button not answered");
    }
  });
}
