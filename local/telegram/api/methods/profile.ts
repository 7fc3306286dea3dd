import type { BotCommand, ChatFullInfo } from "grammy/types";
import { badRequest } from "../../errors";
import type { Bot } from "../../state/model";
import { describeBot } from "../bots";
import type { Call, Method } from "../call";
import { personAsChat, requireChat } from "../chats";

const MAX_COMMANDS = 100;

const getMe: Method = ({ bot }) => describeBot(bot);

function setMyCommands(call: Call): true {
  const given = call.params.json("commands", "commands");
  if (!Array.isArray(given)) throw badRequest("Expected an Array of BotCommand");
  if (given.length > MAX_COMMANDS) throw badRequest("BOT_COMMANDS_TOO_MUCH");
  const commands = given.map(readCommand);
  return save(call, { commands: { ...call.bot.commands, [commandsKey(call)]: commands } });
}

function readCommand(value: { command?: unknown; description?: unknown } | null): BotCommand {
  const { command, description } = value ?? {};
  if (typeof command !== "string") throw badRequest("Can't parse BotCommand: Can't find field \"command\"");
  if (typeof description !== "string")
    throw badRequest("Can't parse BotCommand: Can't find field \"description\"");
  const name = command.replace(/^\//, "");
  if (!/^[a-z0-9_]{1,32}$/.test(name)) throw badRequest("BOT_COMMAND_INVALID");
  if (description.length < 1 || description.length > 256) throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
  return { command: name, description };
}

function getMyCommands(call: Call): BotCommand[] {
  return call.bot.commands[commandsKey(call)] ?? [];
}

function deleteMyCommands(call: Call): true {
  const { [commandsKey(call)]: _, ...commands } = call.bot.commands;
  return save(call, { commands });
}

function commandsKey({ params }: Call): string {
  const scope = (params.json("scope", "bot command scope") ?? {}) as { type?: string; chat_id?: number };
  const chat = scope.chat_id === undefined ? "" : `/${scope.chat_id}`;
  return `${scope.type ?? "default"}${chat}:${params.text("language_code")}`;
}

/** The commands that a user's menu shows: those of the chat, then of private chats, then the default. */
export function commandsFor({ commands }: Bot, userId: number, languageCode: string): BotCommand[] {
  for (const scope of [`chat/${userId}`, "all_private_chats", "default"])
    for (const language of [languageCode, ""]) {
      const found = commands[`${scope}:${language}`];
      if (found) return found;
    }
  return [];
}

/** A text of the bot by language: its setter and getter. */
function localizedText(
  field: "names" | "descriptions" | "shortDescriptions",
  parameter: string,
  maxLength: number,
  fallback: (bot: Bot) => string,
): { set: Method; get: Method } {
  return {
    set(call) {
      const language = call.params.text("language_code");
      const text = call.params.text(parameter);
      if (text.length > maxLength) throw badRequest(`bot ${parameter.replace("_", " ")} is too long`);
      const { [language]: _, ...others } = call.bot[field];
      return save(call, { [field]: text === "" ? others : { ...others, [language]: text } });
    },
    get({ bot, params }) {
      return { [parameter]: bot[field][params.text("language_code")] ?? bot[field][""] ?? fallback(bot) };
    },
  };
}

const name = localizedText("names", "name", 64, ({ firstName }) => firstName);
const description = localizedText("descriptions", "description", 512, () => "");
const shortDescription = localizedText("shortDescriptions", "short_description", 120, () => "");

function getChat(call: Call): ChatFullInfo {
  const { chat, person } = requireChat(call);
  if (!chat.started) throw badRequest("chat not found");
  return {
    ...personAsChat(person),
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {
      unlimited_gifts: false,
      limited_gifts: false,
      unique_gifts: false,
      premium_subscription: false,
      gifts_from_channels: false,
    },
  };
}

function save({ context, bot }: Call, change: Partial<Bot>): true {
  context.store.commit([{ table: "bots", id: String(bot.id), value: { ...bot, ...change } }]);
  context.feed.publishBot(bot.id);
  return true;
}

export const profileMethods: Record<string, Method> = {
  getMe,
  setMyCommands,
  getMyCommands,
  deleteMyCommands,
  setMyName: name.set,
  getMyName: name.get,
  setMyDescription: description.set,
  getMyDescription: description.get,
  setMyShortDescription: shortDescription.set,
  getMyShortDescription: shortDescription.get,
  getChat,
};
