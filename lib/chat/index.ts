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
  mentionNamesIn,
  messageChangeSchema,
  newChatSchema,
  newMessageSchema,
  pinSchema,
  plainText,
  reactionSchema,
  readUpToSchema,
} from "./client";
export { createChat } from "./create-chat";
export { forgetChatsOf, lockChatsOf, tellLeft } from "./erase-account";
export { findPeople, peopleFoundQuerySchema, peopleFoundSchema } from "./find-people";
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
export { changeChat, inviteToChat, joinChat, leaveChat, memberOf } from "./members";
export { deleteMessage, editMessage, pinMessage, reactTo } from "./message-actions";
export * as messageCache from "./message-cache";
export { readStateSchema, readUpTo, sayTyping } from "./read-state";
export { sendMessage } from "./send-message";
