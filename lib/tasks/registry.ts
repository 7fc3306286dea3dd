import type { HandledQueue } from "./catalogue";
import type { HandlerFor } from "./handler";

/**
 * Handler of each queue, imported on the first message, so that a queue's code does not slow down the others.
 * Each is `<queue>.task.ts` in its domain and exports `task`.
 */
const handlers: { [Q in HandledQueue]: () => Promise<HandlerFor<Q>> } = {
  payments: async () => (await import("../shop/payments.task")).task,
  "deliver-goods": async () => (await import("../shop/deliver-goods.task")).task,
  "supplier-notifications": async () => (await import("../shop/supplier-notifications.task")).task,
  notifications: async () => (await import("../notifications/notifications.task")).task,
  "alert-notices": async () => (await import("../ops/alert-notices.task")).task,
  emails: async () => (await import("../mail/emails.task")).task,
  analytics: async () => (await import("../analytics/analytics.task")).task,
  "referral-bonuses": async () => (await import("../bonuses/referral-bonuses.task")).task,
  leaderboards: async () => (await import("../leaderboards/leaderboards.task")).task,
  "file-processing": async () => (await import("../media/file-processing.task")).task,
  "nft-minting": async () => (await import("../nft/nft-minting.task")).task,
  "workflow-executions": async () => (await import("../bot/workflow-executions.task")).task,
  "bot-tidying": async () => (await import("../bot/bot-tidying.task")).task,
  "views-sync": async () => (await import("../views/views-sync.task")).task,
  "account-erasures": async () => (await import("../privacy/account-erasures.task")).task,
  "audio-transcoding": async () => (await import("../media/audio-transcoding.task")).task,
  probe: async () => (await import("../ops/probe.task")).task,
};

const replacements = new Map<HandledQueue, unknown>();

/** For tests: replaces a queue's handler. @returns restores the original */
export function replaceHandler<Q extends HandledQueue>(queue: Q, handler: HandlerFor<Q>): () => void {
  replacements.set(queue, handler);
  return () => replacements.delete(queue);
}

/** Imports the handler of a queue. */
export async function loadHandler<Q extends HandledQueue>(queue: Q): Promise<HandlerFor<Q>> {
  const replacement = replacements.get(queue);
  return replacement ? (replacement as HandlerFor<Q>) : handlers[queue]();
}
