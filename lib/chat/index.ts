export { mayReadFile } from "./attach-files";
export { getChat, listChats } from "./chat";
export { createChat } from "./create-chat";
export {
  eraseMembershipBatch,
  eraseMessageBatch,
  eraseTraceBatch,
  hideAccountChats,
} from "./erase-account";
export { findPeople } from "./find-people";
export { listChatIds } from "./list-chat-ids";
export { listMessages, listPinned, searchMessages } from "./list-messages";
export { listOpenChats } from "./list-open-chats";
export { changeChat, filterMemberChatIds, inviteToChat, joinChat, leaveChat } from "./members";
export { deleteMessage, editMessage, pinMessage, setReaction } from "./message-actions";
export * as messageCache from "./message-cache";
export { markReadUpTo, publishTyping } from "./read-state";
export { removeMember } from "./remove-member";
export { sendMessage } from "./send-message";
