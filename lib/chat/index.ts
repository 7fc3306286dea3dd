export { mayReadFile } from "./attach-files";
export {
  type ChatDetail,
  type ChatItem,
  chatDetailSchema,
  chatItemSchema,
  chatPageQuerySchema,
  chatPageSchema,
  getChat,
  listChats,
} from "./chat";
export {
  chatChangeSchema,
  extractMentionNames,
  messageChangeSchema,
  newChatSchema,
  newMessageSchema,
  pinSchema,
  plainText,
  reactionSchema,
  readUpToSchema,
} from "./client";
export { createChat } from "./create-chat";
export { eraseAccountChats, lockAccountChats, publishAccountErased } from "./erase-account";
export { findPeople, peopleSearchQuerySchema, peopleSearchResultsSchema } from "./find-people";
export {
  listMessages,
  listPinned,
  messagesPageSchema,
  messagesQuerySchema,
  pinnedSchema,
  searchMessages,
  searchPageSchema,
  searchQuerySchema,
} from "./list-messages";
export { listOpenChats, openChatPageSchema } from "./list-open-chats";
export { changeChat, filterMemberChatIds, inviteToChat, joinChat, leaveChat } from "./members";
export { deleteMessage, editMessage, pinMessage, setReaction } from "./message-actions";
export * as messageCache from "./message-cache";
export { markReadUpTo, publishTyping, readStateSchema } from "./read-state";
export { sendMessage } from "./send-message";
