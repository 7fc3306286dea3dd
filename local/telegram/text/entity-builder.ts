import type { MessageEntity } from "grammy/types";
import { badRequest } from "../errors";

export interface FormattedText {
  text: string;
  entities: MessageEntity[];
}

/** The error of a markup that cannot be parsed. */
export const cannotParse = (text: string) => badRequest(`Can't parse entities: ${text}`);

/** Telegram counts an error's position in bytes of UTF-8. */
export const byteOffset = (text: string, index: number): number => Buffer.byteLength(text.slice(0, index));

/**
 * The entity of a link: a mention for `tg://user?id=…`, a link for a URL, otherwise null: Telegram then leaves the text
 * without a link.
 */
export function linkEntity(url: string, offset: number, length: number): MessageEntity | null {
  const userId = /^tg:\/\/user\?id=(\d+)$/i.exec(url)?.[1];
  if (userId !== undefined) {
    const user = { id: Number(userId), is_bot: false, first_name: `User ${userId}` };
    return { type: "text_mention", offset, length, user };
  }
  const checked = checkedUrl(url);
  return checked === null ? null : { type: "text_link", offset, length, url: checked };
}

/** A URL with its scheme, or null. A single-label host such as `localhost` is accepted, unlike by Telegram. */
export function checkedUrl(url: string): string | null {
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(url) ? url : `http://${url}`;
  if (!URL.canParse(withScheme)) return null;
  const { protocol, href, hostname } = new URL(withScheme);
  if (!["http:", "https:", "ftp:", "tg:", "ton:", "tonsite:"].includes(protocol)) return null;
  if (withScheme !== url && !hostname.includes(".")) return null;
  return href;
}
