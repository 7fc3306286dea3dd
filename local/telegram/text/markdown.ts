import type { MessageEntity } from "grammy/types";
import { byteOffset, cannotParse, type FormattedText, linkEntity } from "./entity-builder";

/**
 * Telegram's first Markdown, kept by it for old bots: no nesting.
 * @throws {BotApiError} for an entity that does not end
 */
export function parseMarkdown(source: string): FormattedText {
  const entities: MessageEntity[] = [];
  let text = "";
  let at = 0;
  const add = (type: "bold" | "italic" | "code" | "pre", content: string) => {
    if (content.length > 0) entities.push({ type, offset: text.length, length: content.length });
    text += content;
  };
  while (at < source.length) {
    const rest = source.slice(at);
    const escaped = /^\\([_*`[])/.exec(rest);
    const opening = /^(```|[_*`[])/.exec(rest)?.[0];
    if (escaped) {
      text += escaped[1];
      at += 2;
    } else if (opening === undefined) {
      text += source[at];
      at++;
    } else {
      const closing = opening === "[" ? "]" : opening;
      const end = source.indexOf(closing, at + opening.length);
      if (end < 0)
        throw cannotParse(`Can't find end of the entity starting at byte offset ${byteOffset(source, at)}`);
      const content = source.slice(at + opening.length, end);
      at = end + closing.length;
      if (opening === "[") {
        const url = /^\(([^)]*)\)/.exec(source.slice(at));
        const link = content ? linkEntity(url?.[1] ?? content, text.length, content.length) : null;
        if (link) entities.push(link);
        text += content;
        at += url?.[0].length ?? 0;
      } else if (opening === "```") add("pre", content.replace(/^(?:\S+(?=\n))?\n/, ""));
      else add(opening === "*" ? "bold" : opening === "_" ? "italic" : "code", content);
    }
  }
  return { text, entities };
}
