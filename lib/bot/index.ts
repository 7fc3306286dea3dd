export { botChatUrl } from "./chat-url";
export { cancelExecution, moveExecution, resumeExecution } from "./console/change-execution";
export { exportWorkflows, importWorkflows } from "./console/documents";
export { createWorkflow, deleteWorkflow, discardDraft, saveDraft } from "./console/drafts";
export { getBot, listBots, readBotNumbers } from "./console/list-bots";
export { listExecutions } from "./console/list-executions";
export { changeBot, createBot, deleteBot, reconnectBot } from "./console/manage-bot";
export { publishDraft, rollBack, validateWorkflow } from "./console/publish-draft";
export { readTimeline } from "./console/read-timeline";
export { getVersion, getWorkflow, listWorkflows } from "./console/read-workflows";
export { testDraft } from "./console/test-draft";
export { eraseBotBatch } from "./erase-account";
export {
  createLinkCode,
  findLinkBot,
  findLinkOffer,
  listLinks,
  redeemOnSite,
  unlink,
} from "./link-account";
export { hasBots, pingTelegram } from "./ping-telegram";
export { DefinitionError, publishWorkflows, type WorkflowSource } from "./publish-workflow";
export { receiveUpdate, updateReceiptSchema } from "./receive-update";
export { addBot, addBotByToken, setWebhooks, setWebhooksAtStart } from "./register-bot";
export { sendNotification } from "./send-notification";
export { sweepChats } from "./sweep-chats";
export { sweepDueExecutions } from "./sweep-due";
export { tidiedBotsSchema, tidyBots } from "./tidy";
