import type { MessageEntity } from "grammy/types";
import { byteOffset, cannotParse, type FormattedText, linkEntity } from "./entity-builder";

type PlainType =
  | "bold"
  | "italic"
  | "underline"
  | "strikethrough"
  | "spoiler"
  | "code"
  | "pre"
  | "blockquote";

const TYPES: Record<string, PlainType | "link" | "emoji"> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  span: "spoiler",
  "tg-spoiler": "spoiler",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  a: "link",
  "tg-emoji": "emoji",
};

const NAMED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };

interface OpenTag {
  name: string;
  attributes: Map<string, string>;
  /** Where its text begins in the output. */
  offset: number;
}

/**
 * Telegram's subset of HTML.
 * @throws {BotApiError} for an unknown, unclosed or unmatched tag
 */
export function parseHtml(source: string): FormattedText {
  const entities: MessageEntity[] = [];
  const open: OpenTag[] = [];
  let text = "";
  let at = 0;
  while (at < source.length) {
    const character = source[at];
    if (character === "&") {
      const decoded = decodeReference(source, at);
      text += decoded.text;
      at = decoded.end;
    } else if (character !== "<") {
      text += character;
      at++;
    } else if (source[at + 1] === "/") {
      at = closeTag(source, at, open, entities, text);
    } else {
      const tag = readStartTag(source, at);
      open.push({ name: tag.name, attributes: tag.attributes, offset: text.length });
      at = tag.end;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed) throw cannotParse(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
  return { text, entities };
}

function decodeReference(source: string, at: number): { text: string; end: number } {
  const match = /&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]+));?/iy;
  match.lastIndex = at;
  const found = match.exec(source);
  const [whole = "&", hex, decimal, name] = found ?? [];
  if (name !== undefined && Object.hasOwn(NAMED, name))
    return { text: NAMED[name] ?? "", end: at + whole.length };
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (!(code > 0 && code < 0x10ffff)) return { text: "&", end: at + 1 };
  return { text: String.fromCodePoint(code), end: at + whole.length };
}

function readStartTag(source: string, at: number) {
  const position = byteOffset(source, at);
  const name = /[^\s>]*/y;
  name.lastIndex = at + 1;
  const tag = (name.exec(source)?.[0] ?? "").toLowerCase();
  let end = at + 1 + tag.length;
  if (end >= source.length) throw cannotParse(`Unclosed start tag at byte offset ${position}`);
  if (!Object.hasOwn(TYPES, tag))
    throw cannotParse(`Unsupported start tag "${tag}" at byte offset ${position}`);
  const attributes = new Map<string, string>();
  for (;;) {
    while (/\s/.test(source[end] ?? "")) end++;
    if (source[end] === ">") break;
    if (end >= source.length) throw cannotParse(`Unclosed start tag at byte offset ${position}`);
    const attribute = /([^\s=>]+)\s*(?:=\s*(?:"([^"]*)("?)|'([^']*)('?)|([\w.-]*)))?/y;
    attribute.lastIndex = end;
    const match = attribute.exec(source);
    if (!match) throw cannotParse(`Empty attribute name in the tag "${tag}" at byte offset ${position}`);
    const [whole, key = "", double, , single, , token] = match;
    const value = double ?? single ?? token?.toLowerCase();
    // `<blockquote expandable>` is the one attribute without a value.
    if (value === undefined && !(tag === "blockquote" && key === "expandable"))
      throw cannotParse(
        `Expected equal sign in declaration of an attribute of the tag "${tag}" at byte offset ${position}`,
      );
    attributes.set(key, decodeAll(value ?? ""));
    end += whole.length;
  }
  if (tag === "span" && attributes.get("class") !== "tg-spoiler")
    throw cannotParse(`Tag "span" must have class "tg-spoiler" at byte offset ${position}`);
  return { name: tag, attributes, end: end + 1 };
}

const decodeAll = (value: string): string =>
  value.replace(/&(?:#x[\da-f]{1,6}|#\d{1,7}|[a-z]+);?/gi, (reference) => decodeReference(reference, 0).text);

function closeTag(
  source: string,
  at: number,
  open: OpenTag[],
  entities: MessageEntity[],
  text: string,
): number {
  const position = byteOffset(source, at);
  const tag = open.pop();
  if (!tag) throw cannotParse(`Unexpected end tag at byte offset ${position}`);
  const end = source.indexOf(">", at);
  if (end < 0) throw cannotParse(`Unclosed end tag at byte offset ${position}`);
  const name = source
    .slice(at + 2, end)
    .trim()
    .toLowerCase();
  if (name !== "" && name !== tag.name)
    throw cannotParse(
      `Unmatched end tag at byte offset ${position}, expected "</${tag.name}>", found "</${name}>"`,
    );
  const length = text.length - tag.offset;
  const entity = length > 0 ? toEntity(tag, length, text, entities) : null;
  if (entity) entities.push(entity);
  return end + 1;
}

function toEntity(
  { name, attributes, offset }: OpenTag,
  length: number,
  text: string,
  entities: MessageEntity[],
): MessageEntity | null {
  const type = TYPES[name] ?? "bold";
  switch (type) {
    case "link":
      return linkEntity(attributes.get("href") ?? text.slice(offset), offset, length);
    case "emoji": {
      const id = attributes.get("emoji-id") ?? "";
      if (!/^\d+$/.test(id)) throw cannotParse("Invalid custom emoji identifier specified");
      return { type: "custom_emoji", offset, length, custom_emoji_id: id };
    }
    case "pre": {
      // `<pre><code class="language-x">` is one block in that language.
      const inner = entities.findIndex(
        (entity) => entity.type === "code" && entity.offset === offset && entity.length === length,
      );
      const language = innerLanguage.get(entities[inner] ?? {});
      if (inner >= 0) entities.splice(inner, 1);
      return language ? { type: "pre", offset, length, language } : { type: "pre", offset, length };
    }
    case "code": {
      const entity: MessageEntity = { type: "code", offset, length };
      const language = /^language-(.+)$/.exec(attributes.get("class") ?? "")?.[1];
      if (language) innerLanguage.set(entity, language);
      return entity;
    }
    case "blockquote":
      return { type: attributes.has("expandable") ? "expandable_blockquote" : "blockquote", offset, length };
    default:
      return { type, offset, length };
  }
}

/** The language of a `code` tag until the `pre` around it is closed. */
const innerLanguage = new WeakMap<object, string>();
