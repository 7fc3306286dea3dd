import { draftStore } from "../draft";

/** What is being written in a chat, as the API takes it: mentions have their ids. */
const storeOf = (chatId: string) => draftStore(`chat:${chatId}`, { text: "" });

export function readChatDraft(viewerId: string, chatId: string): string {
  return storeOf(chatId).read(viewerId)?.text ?? "";
}

export function keepChatDraft(viewerId: string, chatId: string, text: string): void {
  storeOf(chatId).keep(viewerId, { text });
}
