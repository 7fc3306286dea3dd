import type { Locale } from "../locale";
import { accountMessages } from "./account";
import { botMessages } from "./bot";
import { chatMessages } from "./chat";
import { mediaMessages } from "./media";
import { mintingMessages } from "./minting";
import { operatorMessages } from "./operator";
import { requestMessages } from "./request";
import { shopMessages } from "./shop";

/** The API's texts for users, in both languages, by area. Texts of pages are next to the pages. */
const messages = {
  ...requestMessages,
  ...accountMessages,
  ...operatorMessages,
  ...shopMessages,
  ...mediaMessages,
  ...chatMessages,
  ...mintingMessages,
  ...botMessages,
};

export type MessageKey = keyof typeof messages;

export function isMessageKey(key: unknown): key is MessageKey {
  return typeof key === "string" && Object.hasOwn(messages, key);
}

/** The text of a message in a language. */
export function messageText(key: MessageKey, locale: Locale): string {
  return messages[key][locale];
}
