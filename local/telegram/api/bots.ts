import type { UserFromGetMe } from "grammy/types";
import type { TelegramContext } from "../context";
import { BotApiError } from "../errors";
import type { Bot } from "../state/model";

const TOKEN = /^[1-9]\d{0,15}:[A-Za-z0-9_-]{22,}$/;
const MAX_TOKEN_LENGTH = 80;

export const isToken = (text: string): boolean => TOKEN.test(text) && text.length <= MAX_TOKEN_LENGTH;

/**
 * The bot of a token. A token's first call creates its bot, unless the server has a list of tokens.
 * @throws {BotApiError} 401 for a token that is none or is not the bot's
 */
export function authenticate({ store, tokens, feed }: TelegramContext, token: string): Bot {
  if (!isToken(token)) throw new BotApiError(401, "Unauthorized: invalid token specified");
  const id = Number(token.split(":")[0]);
  const existing = store.state.tables.bots.get(String(id));
  if (tokens ? !tokens.has(token) : existing && existing.token !== token)
    throw new BotApiError(401, "Unauthorized");
  if (existing?.token === token) return existing;
  const bot = existing ? { ...existing, token } : newBot(id, token);
  store.commit([{ table: "bots", id: String(id), value: bot }]);
  feed.publishBot(id);
  return bot;
}

export function newBot(id: number, token: string): Bot {
  return {
    id,
    token,
    firstName: `Bot ${id}`,
    username: `local_${id}_bot`,
    names: {},
    descriptions: {},
    shortDescriptions: {},
    commands: {},
    webhook: null,
    allowedUpdates: null,
  };
}

/** The bot as the author of its messages. */
export const botAsUser = ({ id, firstName, names, username }: Bot) => ({
  id,
  is_bot: true as const,
  first_name: names[""] ?? firstName,
  username,
});

export const describeBot = (bot: Bot): UserFromGetMe => ({
  ...botAsUser(bot),
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: false,
  allows_users_to_create_topics: false,
  can_manage_bots: false,
  supports_join_request_queries: false,
});
