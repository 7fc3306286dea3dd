export { MailFailedError, MailRefusedError, MailUnavailableError } from "./errors";
export { type Mail, mailSchema, type TemplateName, templateNames } from "./mail";
export { type RenderedMail, renderMail } from "./render";
export { type SentMail, sendMail } from "./send";
export { verifyMailServer } from "./verify-server";
