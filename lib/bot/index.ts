export { botChatUrl } from "./chat-url";
export { eraseBotBatch } from "./erase-account";
export {
  createLinkCode,
  findLinkBot,
  findLinkOffer,
  listLinks,
  redeemOnSite,
  unlink,
} from "./link-account";
export { DefinitionError, publishWorkflows, type WorkflowSource } from "./publish-workflow";
export { receiveUpdate, updateReceiptSchema } from "./receive-update";
export { addBot, addBotByToken, setWebhooks, setWebhooksAtStart } from "./register-bot";
export { sweepChats } from "./sweep-chats";
export { sweepDueExecutions } from "./sweep-due";
export { tidiedBotsSchema, tidyBots } from "./tidy";
