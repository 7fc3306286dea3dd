import { draftStore } from "@/app/_data/draft-store";

/** What is being written in a chat, as the API takes it: mentions have their ids. */
const storeOf = (chatId: string) => draftStore(`chat:${chatId}`, { text: "" });
const keyOf = (viewerId: string, chatId: string) => `${viewerId}:${chatId}`;

/** What the browser did not take into its keeping; here it stays while the page does. */
const unkept = new Map<string, string>();

export function readChatDraft(viewerId: string, chatId: string): string {
  return unkept.get(keyOf(viewerId, chatId)) ?? storeOf(chatId).read(viewerId)?.text ?? "";
}

export function keepChatDraft(viewerId: string, chatId: string, text: string): void {
  const store = storeOf(chatId);
  store.keep(viewerId, { text });
  const isKept = (store.read(viewerId)?.text ?? "") === text;
  if (isKept) unkept.delete(keyOf(viewerId, chatId));
  else unkept.set(keyOf(viewerId, chatId), text);
}

/** What could not be sent is being written again, before whatever is being written. */
export function putBackIntoDraft(viewerId: string, chatId: string, text: string): void {
  const draft = readChatDraft(viewerId, chatId);
  keepChatDraft(viewerId, chatId, draft === "" ? text : `${text}\n${draft}`);
}
