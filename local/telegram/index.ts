import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import path from "node:path";
import { isCrossOrigin, isLocalHostHeader } from "../http/same-origin";
import { listen, sendJson } from "../http/server";
import { systemClock } from "../qstash/clock";
import { handleBotApi } from "./api/handle-bot-api";
import { parseParams } from "./api/params";
import { runMethod } from "./api/run-method";
import { CallLog, type LoggedCall } from "./call-log";
import type { TelegramContext } from "./context";
import { FaultSwitch, type FaultsInput } from "./faults";
import { Feed } from "./feed";
import { FileStore } from "./file-store";
import { defaultLimits, type RateLimits, type TelegramOptions } from "./options";
import { handlePage } from "./page/page";
import { handlePhoneApi } from "./phone/api";
import { handleEvents } from "./phone/events";
import { RateLimiter } from "./rate-limiter";
import type { Bot } from "./state/model";
import { Store } from "./state/store";
import { Polls } from "./updates/polls";
import { UpdateLog } from "./updates/update-log";
import { WebhookSender } from "./updates/webhook-sender";

export type { LoggedCall } from "./call-log";
export type { FaultsInput } from "./faults";
export type { ChatEvent } from "./feed";
export type { RateLimits, TelegramOptions } from "./options";
export type { Person } from "./state/model";

export interface TelegramStats {
  bots: number;
  messages: number;
  /** Updates that no bot has confirmed. */
  pending: number;
  /** Attempts to deliver an update that are in flight. */
  inFlight: number;
  /** Calls of the Bot API. */
  calls: number;
}

export interface RunningTelegram {
  /** For `TELEGRAM_API_ROOT`, and the address of the phones' page: no path, no trailing slash. */
  readonly url: string;
  readonly port: number;
  stats(): TelegramStats;
  /** Replaces the injected faults; `{}` clears them. */
  setFaults(faults: FaultsInput): void;
  setRateLimits(limits: Partial<RateLimits>): void;
  /** The newest calls of a bot, oldest first. */
  calls(botId: number): readonly LoggedCall[];
  /** Stops listening, aborts deliveries (repeated after the next start) and closes the data folder. */
  close(): Promise<void>;
}

/**
 * Starts a Bot API of Telegram on loopback, with phones to talk to its bots.
 *
 * @throws {PortTakenError}
 * @throws {FolderInUseError} when another process uses the data folder
 * @throws {JournalCorruptError} when the data folder cannot be read
 */
export async function startTelegram(options: TelegramOptions): Promise<RunningTelegram> {
  const limits = { ...defaultLimits, ...options.limits };
  const store = await Store.open(options.dataDir, limits.compactAfterBytes);
  try {
    const context = createContext(options, store);
    const http = await listen("Telegram", options.port ?? 0, requestListener(context));
    for (const { id } of store.state.tables.bots.values()) context.webhooks.reload(id);
    let closing: Promise<void> | undefined;
    const close = async () => {
      context.polls.close();
      context.webhooks.close();
      await http.close();
      await store.close();
    };
    return {
      url: http.url,
      port: http.port,
      stats: () => ({
        bots: store.state.tables.bots.size,
        messages: store.state.tables.messages.size,
        pending: store.state.tables.updates.size,
        inFlight: context.webhooks.inFlight,
        calls: context.calls.total,
      }),
      setFaults: (faults) => void context.faults.set(faults),
      setRateLimits: (rates) => void context.rates.set(rates),
      calls: (botId) => context.calls.list(botId),
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function createContext(options: TelegramOptions, store: Store): TelegramContext {
  const clock = options.clock ?? systemClock;
  const limits = { ...defaultLimits, ...options.limits };
  const faults = new FaultSwitch();
  const feed = new Feed();
  const updates = new UpdateLog(limits.maxLogEntries);
  const execute = (bot: Bot, body: Buffer, contentType: string): void => {
    void runWebhookAnswer(context, bot, body, contentType);
  };
  const webhooks = new WebhookSender({
    ...{ store, faults, clock, limits, execute, log: updates },
    retryScale: options.retryScale ?? 1,
    onAttempt: (botId) => feed.publishBot(botId),
  });
  const context: TelegramContext = {
    ...{ store, feed, faults, limits, clock, updates, webhooks },
    files: new FileStore(options.dataDir === null ? null : path.join(options.dataDir, "files")),
    calls: new CallLog(limits.maxLogEntries),
    rates: new RateLimiter(clock, options.rateLimits),
    tokens: options.tokens ? new Set(options.tokens) : null,
    polls: new Polls(store, faults, updates, clock),
  };
  return context;
}

/** Methods that Telegram does not execute when a webhook answers with them. */
const NOT_IN_ANSWERS = /^(setwebhook|deletewebhook|close|logout|get.*)$/i;

async function runWebhookAnswer(
  context: TelegramContext,
  bot: Bot,
  body: Buffer,
  contentType: string,
): Promise<void> {
  try {
    const params = parseParams(body, contentType);
    const method = params.text("method");
    if (method === "" || NOT_IN_ANSWERS.test(method)) return;
    const closed = new AbortController().signal;
    await runMethod(context, bot, method, params, { closed, viaWebhook: true });
  } catch {
    return; // an answer that is no method call
  }
}

function requestListener(context: TelegramContext): RequestListener {
  return (request, response) => {
    handleRequest(context, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  };
}

async function handleRequest(
  context: TelegramContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader("cache-control", "no-store");
  if (!isLocalHostHeader(request))
    return sendJson(response, 403, { error: "open this page under an address or localhost" });
  const isRead = request.method === "GET" || request.method === "HEAD";
  // The Bot API changes things by GET too.
  const isBotApi = /^\/(file\/)?bot/.test(url.pathname);
  if ((!isRead || isBotApi) && isCrossOrigin(request))
    return sendJson(response, 403, { error: "a browser can ask for this only from the page itself" });
  if (handleBotApi(context, request, response, url)) return;
  if (url.pathname === "/api/events") return handleEvents(context.feed, request, response);
  if (url.pathname.startsWith("/api/")) return handlePhoneApi(context, request, response, url);
  if (!isRead) return sendJson(response, 405, { error: `${request.method} is not allowed here` });
  return handlePage(context, request, response, url);
}
