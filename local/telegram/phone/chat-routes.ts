import { z } from "zod";
import { commandsFor } from "../api/methods/profile";
import type { ChatEvent, Feed } from "../feed";
import { chatKey } from "../state/model";
import { PhoneActions, PhoneError } from "./actions";
import type { Route, RouteCall } from "./route";

const CHAT = "/api/chats/:bot/:user";
const MAX_WAIT_SECONDS = 60;

const startSchema = z.strictObject({ payload: z.string().default("") });
const messageSchema = z.union([
  z.strictObject({ text: z.string(), replyTo: z.int().optional() }),
  z.strictObject({
    contact: z.union([
      z.literal(true),
      z.object({ phone_number: z.string(), first_name: z.string(), last_name: z.string().optional() }),
    ]),
  }),
]);
const pressSchema = z.strictObject({
  messageId: z.int(),
  /** The button's data; otherwise its text, or its position from 0. */
  data: z.string().optional(),
  text: z.string().optional(),
  row: z.int().min(0).optional(),
  column: z.int().min(0).optional(),
  /** Presses at once. */
  times: z.int().min(1).max(100).default(1),
});

export const chatRoutes: Record<string, Route> = {
  [`GET ${CHAT}`]: showChat,
  [`DELETE ${CHAT}`]: (call) => {
    phoneOf(call).clear();
    return {};
  },
  [`GET ${CHAT}/events`]: waitForEvents,
  [`POST ${CHAT}/start`]: (call) => phoneOf(call).start(startSchema.parse(call.body).payload),
  [`POST ${CHAT}/messages`]: (call) => {
    const sent = messageSchema.parse(call.body);
    if ("text" in sent) return phoneOf(call).say(sent.text, sent.replyTo);
    const { contact } = sent;
    if (contact === true) return phoneOf(call).sendContact();
    const { last_name: lastName, ...named } = contact;
    return phoneOf(call).sendContact(lastName === undefined ? named : { ...named, last_name: lastName });
  },
  [`POST ${CHAT}/photos`]: (call) => sendFile(call, "photo"),
  [`POST ${CHAT}/documents`]: (call) => sendFile(call, "document"),
  [`POST ${CHAT}/press`]: press,
  [`POST ${CHAT}/block`]: (call) => setBlocked(call, true),
  [`POST ${CHAT}/unblock`]: (call) => setBlocked(call, false),
  "GET /api/users/:user/chats": listChats,
  "GET /api/callbacks/:id": ({ context, path }) => {
    const callback = context.store.state.tables.callbacks.get(path.id ?? "");
    if (!callback) throw new PhoneError(404, "there is no such callback query");
    return callback;
  },
};

function phoneOf({ context, path }: RouteCall): PhoneActions {
  const { bots, people } = context.store.state.tables;
  const bot = bots.get(path.bot ?? "");
  if (!bot) throw new PhoneError(404, "there is no such bot: its first call creates it");
  const person = people.get(path.user ?? "");
  if (!person) throw new PhoneError(404, "there is no such user: create one first");
  return new PhoneActions(context, bot, person);
}

/** The chats of a user with every bot, each with its last message. */
function listChats({ context, path }: RouteCall) {
  const { bots, chats } = context.store.state.tables;
  const userId = Number(path.user);
  return [...bots.keys()].map((bot) => {
    const { started = false, blocked = false } = chats.get(chatKey(Number(bot), userId)) ?? {};
    const last = [...context.store.state.messagesOf(Number(bot), userId).values()].at(-1)?.message ?? null;
    return { bot: Number(bot), started, blocked, last };
  });
}

function showChat(call: RouteCall) {
  const { context, path } = call;
  const { started, blocked, keyboard, botId, userId } = phoneOf(call).chat;
  const messages = [...context.store.state.messagesOf(botId, userId).values()].map(({ message }) => message);
  const bot = context.store.state.tables.bots.get(path.bot ?? "");
  const language = context.store.state.tables.people.get(path.user ?? "")?.languageCode ?? "";
  return {
    started,
    blocked,
    keyboard,
    commands: bot ? commandsFor(bot, userId, language) : [],
    messages,
    seq: context.feed.position,
  };
}

/**
 * Events after `after`, oldest first; waits up to `timeout` seconds for one. `kind` and `from` (`bot` or `user`, of
 * messages) choose among them.
 */
async function waitForEvents(call: RouteCall): Promise<{ events: ChatEvent[]; seq: number }> {
  const { context, query, closed } = call;
  const { botId, userId } = phoneOf(call).chat;
  const after = Number(query.get("after") ?? 0);
  const timeoutMs = Math.min(Number(query.get("timeout") ?? 0), MAX_WAIT_SECONDS) * 1000;
  const matches = (event: ChatEvent) =>
    (query.get("kind")?.split(",").includes(event.kind) ?? true) &&
    (query.get("from") === null || authorOf(event) === query.get("from"));
  const read = () => context.feed.after(botId, userId, after).filter(matches);
  if (read().length === 0 && timeoutMs > 0)
    await waitForEvent(context.feed, botId, userId, () => read().length > 0, timeoutMs, closed);
  const events = read();
  return { events, seq: events.at(-1)?.seq ?? after };
}

function authorOf(event: ChatEvent): string {
  if (event.kind !== "message" && event.kind !== "edit") return "bot";
  return event.message.from?.is_bot ? "bot" : "user";
}

function waitForEvent(
  feed: Feed,
  botId: number,
  userId: number,
  holds: () => boolean,
  timeoutMs: number,
  closed: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      unsubscribe();
      closed.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, timeoutMs);
    const unsubscribe = feed.watchChat(botId, userId, () => {
      if (holds()) end();
    });
    closed.addEventListener("abort", end);
  });
}

function press(call: RouteCall) {
  const { messageId, data, times, ...wanted } = pressSchema.parse(call.body);
  const phone = phoneOf(call);
  const chosen = data ?? callbackDataOf(phone.findButton(messageId, defined(wanted)));
  return { presses: Array.from({ length: times }, () => phone.press(messageId, chosen)) };
}

function callbackDataOf(button: object): string {
  if ("callback_data" in button && typeof button.callback_data === "string") return button.callback_data;
  throw new PhoneError(409, "this button sends nothing to the bot");
}

const defined = (values: {
  text?: string | undefined;
  row?: number | undefined;
  column?: number | undefined;
}) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function sendFile(call: RouteCall, kind: "photo" | "document") {
  const { query, bytes, contentType } = call;
  const name = query.get("name") ?? (kind === "photo" ? "photo" : "file");
  const mimeType = contentType.split(";")[0] ?? "";
  return phoneOf(call).sendFile(kind, { name, mimeType, bytes }, query.get("caption") ?? "");
}

function setBlocked(call: RouteCall, blocked: boolean) {
  phoneOf(call).setBlocked(blocked);
  return { blocked };
}
