import type { MessageEntity } from "grammy/types";
import { byteOffset, cannotParse, type FormattedText, linkEntity } from "./entity-builder";

type Kind =
  | "bold"
  | "italic"
  | "underline"
  | "strikethrough"
  | "spoiler"
  | "code"
  | "pre"
  | "link"
  | "emoji"
  | "blockquote";

/** As Telegram names them in its errors. */
const NAMES: Record<Kind, string> = {
  bold: "Bold",
  italic: "Italic",
  underline: "Underline",
  strikethrough: "Strikethrough",
  spoiler: "Spoiler",
  code: "Code",
  pre: "Pre",
  link: "TextUrl",
  emoji: "CustomEmoji",
  blockquote: "BlockQuote",
};

interface OpenEntity {
  kind: Kind;
  /** Where its text begins in the output. */
  offset: number;
  /** Where it begins in the source. */
  at: number;
  language?: string;
}

const RESERVED = new Set("_*[]()~`>#+-=|{}.!");
const CLOSING: Partial<Record<Kind, string>> = {
  bold: "*",
  underline: "__",
  italic: "_",
  strikethrough: "~",
  spoiler: "||",
  code: "`",
  pre: "```",
  link: "]",
  emoji: "]",
};

/**
 * Telegram's MarkdownV2.
 * @throws {BotApiError} for a reserved character without a backslash and for an entity that does not end
 */
export function parseMarkdownV2(source: string): FormattedText {
  return new Parser(source).parse();
}

class Parser {
  private readonly entities: MessageEntity[] = [];
  private readonly open: OpenEntity[] = [];
  private text = "";
  private at = 0;

  constructor(private readonly source: string) {}

  parse(): FormattedText {
    while (this.at < this.source.length) this.step();
    if (this.open.at(-1)?.kind === "blockquote") this.close("blockquote");
    const unclosed = this.open.at(-1);
    if (unclosed) throw this.unended(unclosed);
    this.entities.sort((a, b) => a.offset - b.offset || b.length - a.length);
    return { text: this.text, entities: this.entities };
  }

  private step(): void {
    const character = this.source[this.at] ?? "";
    const next = this.source.charCodeAt(this.at + 1);
    if (character === "\\" && next > 0 && next <= 126) {
      this.text += this.source[this.at + 1];
      this.at += 2;
      return;
    }
    const last = this.open.at(-1)?.kind;
    const closing = last && CLOSING[last];
    if (closing && this.isAt(closing) && !(last === "italic" && this.isAt("__"))) {
      this.at += closing.length;
      this.close(last);
    } else if (last === "code" || last === "pre") this.copy(character);
    else if (character === "\n") this.newLine();
    else if (RESERVED.has(character)) this.begin(character);
    else this.copy(character);
  }

  private copy(character: string): void {
    this.text += character;
    this.at++;
  }

  private isAt(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  private newLine(): void {
    const isQuoted = this.open.some(({ kind }) => kind === "blockquote");
    this.copy("\n");
    if (this.source[this.at] === ">") {
      this.at++;
      if (!isQuoted) this.push("blockquote", this.at - 1);
    } else if (isQuoted) {
      const last = this.open.at(-1);
      if (last && last.kind !== "blockquote") throw this.unended(last);
      this.close("blockquote");
    }
  }

  private begin(character: string): void {
    const { at } = this;
    if (this.isAt("```")) {
      this.at += 3;
      const language = /[^\s`]+(?=[\s])/y;
      language.lastIndex = this.at;
      const name = language.exec(this.source)?.[0];
      this.at += name?.length ?? 0;
      if (this.source[this.at] === "\n") this.at++;
      this.push("pre", at, name);
      return;
    }
    if (character === ">" && at === 0) {
      this.at++;
      this.push("blockquote", at);
      return;
    }
    for (const [opening, kind] of OPENINGS) {
      if (!this.isAt(opening)) continue;
      this.at += opening.length;
      this.push(kind, at);
      return;
    }
    throw cannotParse(`Character '${character}' is reserved and must be escaped with the preceding '\\'`);
  }

  private push(kind: Kind, at: number, language?: string): void {
    this.open.push({ kind, offset: this.text.length, at, ...(language ? { language } : {}) });
  }

  private close(kind: Kind): void {
    const entity = this.open.pop();
    if (!entity) return;
    const { offset } = entity;
    const length = this.text.length - offset;
    if (kind === "link") {
      const url = this.source[this.at] === "(" ? this.readUrl("a URL") : this.text.slice(offset);
      const link = length > 0 ? linkEntity(url, offset, length) : null;
      if (link) this.entities.push(link);
    } else if (kind === "emoji") this.closeEmoji(offset, length);
    else if (length > 0 && kind === "pre" && entity.language !== undefined)
      this.entities.push({ type: "pre", offset, length, language: entity.language });
    else if (length > 0) this.entities.push({ type: kind, offset, length });
  }

  private closeEmoji(offset: number, length: number): void {
    if (this.source[this.at] !== "(") throw cannotParse("Custom emoji entity must contain a tg://emoji URL");
    const id = /^tg:\/\/emoji\?id=(\d+)$/.exec(this.readUrl("a custom emoji URL"))?.[1];
    if (id === undefined) throw cannotParse("Invalid custom emoji identifier specified");
    if (length > 0) this.entities.push({ type: "custom_emoji", offset, length, custom_emoji_id: id });
  }

  private readUrl(what: string): string {
    this.at++;
    const start = this.at;
    let url = "";
    while (this.at < this.source.length && this.source[this.at] !== ")") {
      if (this.source[this.at] === "\\") this.at++;
      url += this.source[this.at++] ?? "";
    }
    if (this.source[this.at] !== ")")
      throw cannotParse(`Can't find end of ${what} at byte offset ${byteOffset(this.source, start)}`);
    this.at++;
    return url;
  }

  private unended({ kind, at }: OpenEntity) {
    return cannotParse(
      `Can't find end of ${NAMES[kind]} entity at byte offset ${byteOffset(this.source, at)}`,
    );
  }
}

/** Longer ones first. */
const OPENINGS: readonly [string, Kind][] = [
  ["__", "underline"],
  ["||", "spoiler"],
  ["![", "emoji"],
  ["_", "italic"],
  ["*", "bold"],
  ["~", "strikethrough"],
  ["[", "link"],
  ["`", "code"],
];
