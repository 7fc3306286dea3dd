import { setTimeout as sleep } from "node:timers/promises";
import type { TelegramContext } from "../context";
import { BotApiError } from "../errors";
import type { Bot } from "../state/model";
import { DescribedResult } from "./call";
import { findMethod } from "./methods";
import type { Params } from "./params";

/** What the caller gets: an answer, or the connection's end without one. */
type Outcome = { kind: "answer"; status: number; body: unknown } | { kind: "closed" | "hanging" };

/**
 * Runs a method with the injected faults and logs it.
 * @param viaWebhook  whether the call was a webhook's answer: its own answer is only logged
 */
export async function runMethod(
  context: TelegramContext,
  bot: Bot,
  methodName: string,
  params: Params,
  { closed, viaWebhook = false }: { closed: AbortSignal; viaWebhook?: boolean },
): Promise<Outcome> {
  const startedAt = context.clock.now();
  const name = findMethod(methodName)?.name ?? methodName;
  const chat = params.integer("chat_id", 0) || null;
  const outcome = await withFaults(context, bot, name, params, chat, closed);
  const answer = outcome.kind === "answer" ? outcome : null;
  const result = (answer?.body as { result?: { message_id?: number } } | undefined)?.result;
  context.calls.add(bot.id, {
    at: startedAt,
    method: name,
    chat,
    params: {
      ...params.values,
      ...Object.fromEntries([...params.files].map(([key, { name: file }]) => [key, file])),
    },
    status: answer?.status ?? 0,
    description: (answer?.body as { description?: string } | undefined)?.description ?? null,
    messageId: result?.message_id ?? null,
    latencyMs: context.clock.now() - startedAt,
    viaWebhook,
  });
  context.feed.publishBot(bot.id);
  return outcome;
}

async function withFaults(
  context: TelegramContext,
  bot: Bot,
  name: string,
  params: Params,
  chat: number | null,
  closed: AbortSignal,
): Promise<Outcome> {
  const fault = context.faults.consumeForCall(name, bot.id, chat);
  switch (fault?.kind) {
    case "error":
      return answerError(new BotApiError(fault.code, fault.description));
    case "rate-limit": {
      const description = `Too Many Requests: retry after ${fault.retryAfter}`;
      return answerError(new BotApiError(429, description, { retry_after: fault.retryAfter }));
    }
    case "hang":
      return { kind: "hanging" };
    case "refuse":
      return { kind: "closed" };
  }
  const outcome = await execute(context, bot, name, params, closed);
  if (fault?.kind === "lost") return { kind: "closed" };
  if (fault?.kind === "slow") await sleep(fault.delayMs);
  return outcome;
}

async function execute(
  context: TelegramContext,
  bot: Bot,
  name: string,
  params: Params,
  closed: AbortSignal,
): Promise<Outcome> {
  try {
    const method = findMethod(name);
    if (!method) throw new BotApiError(404, "Not Found: method not found");
    const result = await method.run({ context, bot, params, closed });
    await context.store.durable();
    const body =
      result instanceof DescribedResult
        ? { ok: true, result: result.result, description: result.description }
        : { ok: true, result };
    return { kind: "answer", status: 200, body };
  } catch (error) {
    if (error instanceof BotApiError) return answerError(error);
    throw error;
  }
}

const answerError = (error: BotApiError): Outcome => ({
  kind: "answer",
  status: error.code,
  body: error.body,
});
