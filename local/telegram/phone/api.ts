import { randomBytes, randomInt } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ZodError, z } from "zod";
import { BodyTooLargeError, readBody, sendJson } from "../../http/server";
import { isToken, newBot } from "../api/bots";
import { commandsFor } from "../api/methods/profile";
import { describeWebhook } from "../api/methods/updates";
import type { TelegramContext } from "../context";
import { BotApiError } from "../errors";
import type { Bot } from "../state/model";
import { PhoneError } from "./actions";
import { chatRoutes } from "./chat-routes";
import { savePerson } from "./people";
import type { Route, RouteCall } from "./route";

const MAX_BODY_BYTES = 16 * 1024 * 1024;

const botSchema = z.strictObject({
  token: z.string().refine(isToken, "must be a token: digits, a colon, 22 characters or more").optional(),
  firstName: z.string().trim().min(1).max(64).optional(),
  username: z
    .string()
    .regex(/^[A-Za-z]\w{3,31}$/)
    .optional(),
});
const redeliverySchema = z.strictObject({ copies: z.int().min(1).max(50).default(1) });
const rateLimitsSchema = z.strictObject({
  enabled: z.boolean().optional(),
  chatPerSecond: z.number().positive().optional(),
  chatBurst: z.number().min(1).optional(),
  botPerSecond: z.number().positive().optional(),
});

const routes: Record<string, Route> = {
  "GET /api/bots": ({ context }) =>
    [...context.store.state.tables.bots.values()].map((bot) => showBot(context, bot)),
  "POST /api/bots": ({ context, body }) => saveBot(context, null, botSchema.parse(body)),
  "GET /api/bots/:bot": (call) => showBot(call.context, requireBot(call)),
  "PATCH /api/bots/:bot": (call) => saveBot(call.context, requireBot(call), botSchema.parse(call.body)),
  "GET /api/bots/:bot/calls": listCalls,
  "DELETE /api/bots/:bot/calls": (call) => {
    call.context.calls.clear(requireBot(call).id);
    return {};
  },
  "GET /api/bots/:bot/updates": (call) => ({ items: call.context.updates.list(requireBot(call).id) }),
  "POST /api/bots/:bot/updates/:update/redeliver": redeliver,
  "GET /api/users": ({ context }) => [...context.store.state.tables.people.values()],
  "POST /api/users": ({ context, body }) => savePerson(context, body as Parameters<typeof savePerson>[1]),
  "GET /api/faults": ({ context }) => context.faults.current,
  "PUT /api/faults": ({ context, body }) => context.faults.set(body),
  "DELETE /api/faults": ({ context }) => context.faults.set({}),
  "GET /api/limits": ({ context }) => context.rates.current,
  "PUT /api/limits": ({ context, body }) => context.rates.set(defined(rateLimitsSchema.parse(body))),
  ...chatRoutes,
};

const patterns = Object.entries(routes).map(([key, run]) => {
  const [method = "", path = ""] = key.split(" ");
  return { method, run, pattern: new RegExp(`^${path.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")}$`) };
});

/** Answers `/api/…`: the phones, the logs and the faults. README.md lists the endpoints. */
export async function handlePhoneApi(
  context: TelegramContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const matching = patterns.filter(({ pattern }) => pattern.test(url.pathname));
  const found = matching.find(({ method }) => method === request.method);
  try {
    const bytes = await readBody(request, MAX_BODY_BYTES);
    if (!found)
      return matching.length > 0
        ? sendJson(response, 405, { error: `${request.method} is not allowed here` })
        : sendJson(response, 404, { error: "there is no such endpoint" });
    const closed = new AbortController();
    response.once("close", () => closed.abort());
    const result = await found.run({
      context,
      path: found.pattern.exec(url.pathname)?.groups ?? {},
      query: url.searchParams,
      body: readJson(bytes, request),
      bytes,
      contentType: request.headers["content-type"] ?? "",
      closed: closed.signal,
    });
    await context.store.durable();
    sendJson(response, 200, result);
  } catch (error) {
    sendError(response, error);
  }
}

function readJson(bytes: Buffer, request: IncomingMessage): unknown {
  const isJson = /json/.test(request.headers["content-type"] ?? "application/json");
  return isJson && bytes.length > 0 ? JSON.parse(bytes.toString("utf8")) : {};
}

function sendError(response: ServerResponse, error: unknown): void {
  const [status, message] = describeError(error);
  sendJson(response, status, { error: message });
}

function describeError(error: unknown): [status: number, message: string] {
  if (error instanceof PhoneError) return [error.status, error.message];
  if (error instanceof BotApiError) return [error.code, error.description];
  if (error instanceof ZodError) return [400, z.prettifyError(error)];
  if (error instanceof SyntaxError) return [400, error.message];
  if (error instanceof BodyTooLargeError) return [413, error.message];
  throw error;
}

function requireBot({ context, path }: RouteCall): Bot {
  const bot = context.store.state.tables.bots.get(path.bot ?? "");
  if (!bot) throw new PhoneError(404, "there is no such bot: its first call creates it");
  return bot;
}

function showBot({ store, calls, tokens, polls }: TelegramContext, bot: Bot) {
  const pending = store.state.updatesOf(bot.id).size;
  return {
    id: bot.id,
    token: tokens ? null : bot.token,
    firstName: bot.names[""] ?? bot.firstName,
    username: bot.username,
    description: bot.descriptions[""] ?? "",
    commands: commandsFor(bot, 0, ""),
    webhook: describeWebhook(bot, pending),
    /** Whether a long poll waits now. */
    polling: polls.isWaiting(bot.id),
    calls: calls.countsOf(bot.id),
  };
}

/** Creates a bot with a new token, or changes one. A new token ends the old one. */
function saveBot(context: TelegramContext, existing: Bot | null, input: z.output<typeof botSchema>) {
  if (context.tokens && !existing) throw new PhoneError(409, "this server only has the bots of its tokens");
  const token =
    input.token ??
    existing?.token ??
    `${randomInt(10 ** 9, 10 ** 10)}:${randomBytes(26).toString("base64url")}`;
  const id = Number(token.split(":")[0]);
  if (existing && existing.id !== id) throw new PhoneError(400, "the token is another bot's");
  const base = existing ?? context.store.state.tables.bots.get(String(id)) ?? newBot(id, token);
  const { firstName = base.names[""] ?? base.firstName, username = base.username } = input;
  const bot: Bot = { ...base, token, firstName, username, names: { ...base.names, "": firstName } };
  context.store.commit([{ table: "bots", id: String(id), value: bot }]);
  context.feed.publishBot(id);
  return showBot(context, bot);
}

/** Calls oldest first; `total` has the number of each method since the start or since they were deleted. */
function listCalls(call: RouteCall) {
  const { context, query } = call;
  const { id } = requireBot(call);
  const method = query.get("method")?.toLowerCase();
  const chat = query.get("chat");
  const after = Number(query.get("after") ?? 0);
  const items = context.calls
    .list(id)
    .filter(
      (logged) =>
        logged.seq > after &&
        (method === undefined || logged.method.toLowerCase() === method) &&
        (chat === null || String(logged.chat) === chat),
    );
  return { items, total: context.calls.countsOf(id) };
}

async function redeliver(call: RouteCall) {
  const { copies } = redeliverySchema.parse(call.body);
  const attempts = await call.context.webhooks.redeliver(
    requireBot(call).id,
    Number(call.path.update),
    copies,
  );
  if (attempts === null) throw new PhoneError(409, "the bot has no webhook, or the update is not in the log");
  return { attempts };
}

const defined = <Values extends object>(
  values: Values,
): Partial<{ [Key in keyof Values]: NonNullable<Values[Key]> }> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
