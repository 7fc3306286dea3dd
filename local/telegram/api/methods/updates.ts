import type { Update, WebhookInfo } from "grammy/types";
import { BotApiError, badRequest } from "../../errors";
import { type Bot, type Change, updateKey, type Webhook } from "../../state/model";
import { WEBHOOK_ACTIVE } from "../../updates/polls";
import { type Call, DescribedResult, type Method } from "../call";
import type { Params } from "../params";

const MAX_POLL_SECONDS = 50;
const MAX_UPDATES = 100;
const DEFAULT_CONNECTIONS = 40;
const MAX_CONNECTIONS = 100;
const MAX_SECRET_LENGTH = 256;

async function getUpdates({ context, bot, params, closed }: Call): Promise<Update[]> {
  if (bot.webhook) throw new BotApiError(409, WEBHOOK_ACTIVE);
  const allowedUpdates = readAllowedUpdates(params, bot);
  if (allowedUpdates !== bot.allowedUpdates) save(context, { ...bot, allowedUpdates });
  const options = {
    offset: params.integer("offset", 0),
    limit: params.integer("limit", MAX_UPDATES, 1, MAX_UPDATES),
    timeoutSeconds: params.integer("timeout", 0, 0, MAX_POLL_SECONDS),
  };
  return context.polls.poll(bot.id, options, closed);
}

function setWebhook(call: Call): DescribedResult {
  const { context, bot, params } = call;
  if (!params.has("url")) return deleteWebhook(call);
  const webhook = readWebhook(params);
  const allowedUpdates = readAllowedUpdates(params, bot);
  const current = bot.webhook && { ...bot.webhook, lastError: null };
  const isSame = current !== null && JSON.stringify(current) === JSON.stringify(webhook);
  if (isSame && !params.flag("drop_pending_updates")) {
    save(context, { ...bot, allowedUpdates });
    return new DescribedResult(true, "Webhook is already set");
  }
  context.polls.terminate(bot.id);
  const dropped = params.flag("drop_pending_updates") ? pendingDeletions(call) : [];
  save(context, { ...bot, allowedUpdates, webhook }, dropped);
  context.webhooks.reload(bot.id);
  return new DescribedResult(true, "Webhook was set");
}

function deleteWebhook(call: Call): DescribedResult {
  const { context, bot, params } = call;
  const dropped = params.flag("drop_pending_updates") ? pendingDeletions(call) : [];
  save(context, { ...bot, webhook: null }, dropped);
  context.webhooks.reload(bot.id);
  return new DescribedResult(true, bot.webhook ? "Webhook was deleted" : "Webhook is already deleted");
}

function getWebhookInfo({ context, bot }: Call): WebhookInfo {
  return describeWebhook(bot, context.store.state.updatesOf(bot.id).size);
}

export function describeWebhook({ webhook, allowedUpdates }: Bot, pending: number): WebhookInfo {
  return {
    url: webhook?.url ?? "",
    has_custom_certificate: false,
    pending_update_count: pending,
    ...(webhook?.lastError
      ? { last_error_date: webhook.lastError.date, last_error_message: webhook.lastError.message }
      : {}),
    ...(webhook ? { max_connections: webhook.maxConnections, ip_address: "127.0.0.1" } : {}),
    ...(allowedUpdates ? { allowed_updates: allowedUpdates as WebhookInfo["allowed_updates"] } : {}),
  };
}

function readWebhook(params: Params): Webhook {
  const url = params.text("url");
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw badRequest("invalid webhook URL specified");
  const secretToken = params.text("secret_token");
  if (secretToken.length > MAX_SECRET_LENGTH) throw badRequest("secret token is too long");
  if (!/^[A-Za-z0-9_-]*$/.test(secretToken)) throw badRequest("secret token contains unallowed characters");
  const maxConnections = params.integer("max_connections", DEFAULT_CONNECTIONS, 1, MAX_CONNECTIONS);
  return { url, secretToken, maxConnections, lastError: null };
}

/** Without the parameter the earlier choice stays; an empty list is Telegram's default. */
function readAllowedUpdates(params: Params, bot: Bot): string[] | null {
  const given = params.json("allowed_updates", "allowed_updates");
  if (!Array.isArray(given)) return bot.allowedUpdates;
  return given.length === 0 ? null : given.map(String);
}

const pendingDeletions = ({ context, bot }: Call): Change[] =>
  [...context.store.state.updatesOf(bot.id).keys()].map((id) => ({
    table: "updates",
    id: updateKey(bot.id, id),
    value: null,
  }));

function save({ store, feed }: Call["context"], bot: Bot, changes: Change[] = []): void {
  store.commit([{ table: "bots", id: String(bot.id), value: bot }, ...changes]);
  feed.publishBot(bot.id);
}

export const updateMethods: Record<string, Method> = {
  getUpdates,
  setWebhook,
  deleteWebhook,
  getWebhookInfo,
};
