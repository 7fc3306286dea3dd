import { createDraftStore } from "@/app/_data/draft-store";

/** The draft of a chat in the API's markup: mentions have their ids. */
const chatDraftStore = (chatId: string) => createDraftStore(`chat:${chatId}`, { text: "" });
const draftKey = (viewerId: string, chatId: string) => `${viewerId}:${chatId}`;

/** Drafts that localStorage did not accept; they last as long as the page. */
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

/** Inserts the text of a rejected message before the current draft. */
export function prependToChatDraft(viewerId: string, chatId: string, text: string): void {
  const draft = readChatDraft(viewerId, chatId);
  saveChatDraft(viewerId, chatId, draft === "" ? text : `${text}\n${draft}`);
}
