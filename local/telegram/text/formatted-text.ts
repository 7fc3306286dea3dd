import type { MessageEntity } from "grammy/types";
import { badRequest } from "../errors";
import type { FormattedText } from "./entity-builder";
import { findEntities } from "./find-entities";
import { parseHtml } from "./html";
import { parseMarkdown } from "./markdown";
import { parseMarkdownV2 } from "./markdown-v2";

/** Limit of the text before its markup is parsed. */
const MAX_INPUT_BYTES = 2 ** 15;
const MAX_ENTITIES = 100;

/**
 * Parses markup, or takes the entities that the bot gave, and finds links, mentions, hashtags and commands.
 * @throws {BotApiError} with Telegram's text
 */
export function parseFormattedText(text: string, parseMode: string, given: MessageEntity[]): FormattedText {
  if (Buffer.byteLength(text) > MAX_INPUT_BYTES) throw badRequest("Text is too long");
  const parsed = parseMarkup(text.replaceAll("\r", ""), parseMode.toLowerCase(), given);
  return trim({ text: parsed.text, entities: addFoundEntities(parsed).slice(0, MAX_ENTITIES) });
}

function parseMarkup(text: string, parseMode: string, given: MessageEntity[]): FormattedText {
  switch (parseMode) {
    case "":
    case "none":
      return {
        text,
        entities: given.filter(({ offset, length }) => length > 0 && offset + length <= text.length),
      };
    case "html":
      return parseHtml(text);
    case "markdownv2":
      return parseMarkdownV2(text);
    case "markdown":
      return parseMarkdown(text);
    default:
      throw badRequest("Unsupported parse_mode");
  }
}

/** Adds the entities that are found in the text, except those within code or a link. */
function addFoundEntities({ text, entities }: FormattedText): MessageEntity[] {
  const exclusive = entities.filter(({ type }) =>
    ["code", "pre", "text_link", "text_mention"].includes(type),
  );
  const isExcluded = (found: MessageEntity) =>
    exclusive.some(
      ({ offset, length }) => found.offset < offset + length && offset < found.offset + found.length,
    );
  const isGiven = (found: MessageEntity) =>
    entities.some(({ type, offset }) => type === found.type && offset === found.offset);
  const found = findEntities(text).filter((entity) => !isExcluded(entity) && !isGiven(entity));
  return [...entities, ...found].sort((a, b) => a.offset - b.offset || b.length - a.length);
}

/** Removes white space at both ends, which Telegram does not store, and moves the entities with the text. */
function trim({ text, entities }: FormattedText): FormattedText {
  const trimmed = text.trim();
  const start = text.length - text.trimStart().length;
  const moved = entities.map((entity) => {
    const from = Math.max(0, entity.offset - start);
    const to = Math.min(trimmed.length, entity.offset + entity.length - start);
    return { ...entity, offset: from, length: to - from };
  });
  return { text: trimmed, entities: moved.filter(({ length }) => length > 0) };
}
