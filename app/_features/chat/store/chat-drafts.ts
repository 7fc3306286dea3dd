import { createDraftStore } from "@/app/_data/draft-store";

/** What is being written in a chat, as the API takes it: mentions have their ids. */
const chatDraftStore = (chatId: string) => createDraftStore(`chat:${chatId}`, { text: "" });
const draftKey = (viewerId: string, chatId: string) => `${viewerId}:${chatId}`;

/** What the browser did not take into its keeping; here it stays while the page does. */
const unsavedDrafts = new Map<string, string>();

export function readChatDraft(viewerId: string, chatId: string): string {
  return unsavedDrafts.get(draftKey(viewerId, chatId)) ?? chatDraftStore(chatId).read(viewerId)?.text ?? "";
}

export function saveChatDraft(viewerId: string, chatId: string, text: string): void {
  const store = chatDraftStore(chatId);
  store.save(viewerId, { text });
  const isSaved = (store.read(viewerId)?.text ?? "") === text;
  if (isSaved) unsavedDrafts.delete(draftKey(viewerId, chatId));
  else unsavedDrafts.set(draftKey(viewerId, chatId), text);
}

/** What could not be sent is being written again, before whatever is being written. */
export function prependToChatDraft(viewerId: string, chatId: string, text: string): void {
  const draft = readChatDraft(viewerId, chatId);
  saveChatDraft(viewerId, chatId, draft === "" ? text : `${text}\n${draft}`);
}
