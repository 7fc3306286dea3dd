import type { Update } from "grammy/types";
import type { TelegramContext } from "../context";
import { type Bot, type Change, type Counters, updateKey } from "../state/model";
import type { State } from "../state/state";

/** The content of an update: one field beside `update_id`. */
export type UpdateBody = Omit<Update, "update_id">;

/** The kinds that Telegram sends only when `allowed_updates` names them. */
const KINDS_ON_REQUEST = ["chat_member", "message_reaction", "message_reaction_count"];
/** Update ids of a new bot begin high, so that they are not taken for message ids in a log. */
const FIRST_UPDATE_ID = 700_000_001;
const FIRST_MESSAGE_ID = 1;

/** Counters of a bot while a commit is built; `changes` has their new row. */
export class IdDraft {
  private readonly counters: Counters;

  constructor(
    { store }: Pick<TelegramContext, "store">,
    private readonly botId: number,
  ) {
    const stored = store.state.tables.counters.get(String(botId));
    this.counters = { ...(stored ?? { nextUpdateId: FIRST_UPDATE_ID, nextMessageId: FIRST_MESSAGE_ID }) };
  }

  updateId(): number {
    return this.counters.nextUpdateId++;
  }

  messageId(): number {
    return this.counters.nextMessageId++;
  }

  get changes(): Change[] {
    return [{ table: "counters", id: String(this.botId), value: this.counters }];
  }
}

const isAllowed = ({ allowedUpdates }: Bot, kind: string): boolean =>
  allowedUpdates === null ? !KINDS_ON_REQUEST.includes(kind) : allowedUpdates.includes(kind);

/**
 * The change that adds an update to the bot's queue; it must be in one commit with what the update reports.
 * @param sequence  updates of one sequence are delivered one after another, as Telegram does with those of one chat
 * @returns no change when the bot does not want this kind
 */
export function draftUpdate(
  { store, clock, limits }: Pick<TelegramContext, "store" | "clock" | "limits">,
  bot: Bot,
  ids: IdDraft,
  sequence: string,
  body: UpdateBody,
): { update: Update; changes: Change[] } | null {
  const [kind = ""] = Object.keys(body);
  if (!isAllowed(bot, kind)) return null;
  const at = clock.now();
  const update: Update = { update_id: ids.updateId(), ...body };
  const value = { botId: bot.id, update, sequence, at, expiresAt: at + limits.updateRetentionMs };
  const added: Change = { table: "updates", id: updateKey(bot.id, update.update_id), value };
  return { update, changes: [...deleteExpired(store.state, bot, at), added] };
}

/** The changes that delete updates which the bot has not fetched within their retention. */
function deleteExpired(state: State, { id, webhook }: Bot, now: number): Change[] {
  const changes: Change[] = [];
  // Updates of a webhook are dropped when its attempts have failed.
  if (webhook) return changes;
  for (const { update, expiresAt } of state.updatesOf(id).values()) {
    // They are in the order of their creation.
    if (expiresAt > now) break;
    changes.push({ table: "updates", id: updateKey(id, update.update_id), value: null });
  }
  return changes;
}

/** Hands a committed update to the bot's webhook or to its waiting poll. */
export function announceUpdate(context: TelegramContext, bot: Bot, update: Update): void {
  const { webhooks, polls, feed, updates, clock } = context;
  updates.add(bot.id, update, clock.now());
  if (bot.webhook) webhooks.add(bot.id, update.update_id);
  else polls.wake(bot.id);
  feed.publishBot(bot.id);
}
