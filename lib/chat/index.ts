export { mayReadFile } from "./attach";
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
export { createChat } from "./create";
export { deleteMessage, editMessage, pinMessage, reactTo } from "./edit";
export { forgetChatsOf, lockChatsOf, tellLeft } from "./forget";
export { changeChat, inviteToChat, joinChat, leaveChat, memberOf } from "./members";
export * as messageCache from "./message-cache";
export { listOpenChats, openChatPageSchema } from "./open-chats";
export { findPeople, peopleFoundQuerySchema, peopleFoundSchema } from "./people";
export {
  listMessages,
  listPinned,
  messagesPageSchema,
  messagesQuerySchema,
  pinnedSchema,
  searchMessages,
  searchPageSchema,
  searchQuerySchema,
} from "./read-messages";
export { readStateSchema, readUpTo, sayTyping } from "./read-state";
export { sendMessage } from "./send";
