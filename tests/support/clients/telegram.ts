import { randomBytes, randomInt } from "node:crypto";
import { Api } from "grammy";
import type { InlineKeyboardButton, Message } from "grammy/types";
import type { ChatEvent, FaultsInput, LoggedCall, RateLimits } from "@/local/telegram";

/** Bots and phones of a local Telegram, over HTTP: in this process, or in the stack of an app in another one. */

/** A token that no other test has. */
export const newToken = (): string =>
  `${randomInt(10 ** 9, 10 ** 10)}:${randomBytes(26).toString("base64url")}`;
export const botIdOf = (token: string): number => Number(token.split(":")[0]);

/** The calls of a bot, through grammY. */
export const apiOf = (apiRoot: string, token: string): Api => new Api(token, { apiRoot });

/** Calls the Bot API without a client. @returns status and body */
export async function callApi(
  apiRoot: string,
  token: string,
  method: string,
  params: Record<string, unknown> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${apiRoot}/bot${token}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

interface PersonInput {
  id?: number;
  firstName?: string;
  lastName?: string;
  username?: string;
  languageCode?: string;
  phoneNumber?: string;
}

/**
 * A phone: one user in the chat with one bot. It talks to the server over HTTP, so it also works with the stack of an
 * app in another process.
 *
 * @param url  of the server: `TELEGRAM_API_ROOT`
 */
export async function openPhone(url: string, botId: number, person: PersonInput = {}): Promise<Phone> {
  const id = person.id ?? randomInt(10 ** 6, 2 ** 40);
  const saved = await callControl(url, "POST", "/api/users", { firstName: `User ${id}`, ...person, id });
  return new Phone(url, botId, id, saved as unknown as Phone["person"]);
}

export class Phone {
  /** Up to where `next` has read. */
  private position = 0;

  constructor(
    private readonly url: string,
    readonly botId: number,
    readonly userId: number,
    readonly person: { id: number; firstName: string; languageCode: string; phoneNumber: string },
  ) {}

  start(payload = ""): Promise<Sent> {
    return this.post("/start", { payload });
  }

  say(text: string, replyTo?: number): Promise<Sent> {
    return this.post("/messages", { text, ...(replyTo === undefined ? {} : { replyTo }) });
  }

  /** The user's own contact, or another one. */
  sendContact(contact: true | { phone_number: string; first_name: string } = true): Promise<Sent> {
    return this.post("/messages", { contact });
  }

  async sendPhoto(bytes: Uint8Array, caption = ""): Promise<Sent> {
    return this.upload("photos", bytes, { caption });
  }

  async sendDocument(bytes: Uint8Array, name: string): Promise<Sent> {
    return this.upload("documents", bytes, { name });
  }

  /** Presses the button with this text (or data) of a message, several times at once if asked for. */
  async press(
    message: Pick<Message, "message_id">,
    button: string | { data: string },
    times = 1,
  ): Promise<{ callbackId: string; updateId: number | null }[]> {
    const wanted = typeof button === "string" ? { text: button } : button;
    const answer = await this.post<{ presses: { callbackId: string; updateId: number | null }[] }>("/press", {
      messageId: message.message_id,
      ...wanted,
      times,
    });
    return answer.presses;
  }

  block(): Promise<unknown> {
    return this.post("/block", {});
  }

  unblock(): Promise<unknown> {
    return this.post("/unblock", {});
  }

  /** All messages of the chat, oldest first, as they are now. */
  async messages(): Promise<Message[]> {
    return (await this.chat()).messages;
  }

  chat(): Promise<{
    started: boolean;
    blocked: boolean;
    keyboard: { messageId: number; markup: Record<string, unknown> } | null;
    commands: { command: string; description: string }[];
    messages: Message[];
    seq: number;
  }> {
    return callControl(this.url, "GET", this.path("")) as never;
  }

  /** The bot's next new message that was not returned yet; waits for it. */
  async nextMessage(timeoutSeconds = 20): Promise<Message> {
    const event = await this.nextEvent("message", timeoutSeconds);
    return event.message;
  }

  /** The next event of a kind, of the bot; earlier events of other kinds are skipped. */
  async nextEvent<Kind extends ChatEvent["kind"]>(
    kind: Kind,
    timeoutSeconds = 20,
  ): Promise<Extract<ChatEvent, { kind: Kind }>> {
    const query = `?after=${this.position}&kind=${kind}&from=bot&timeout=${timeoutSeconds}`;
    const { events } = (await callControl(this.url, "GET", this.path(`/events${query}`))) as {
      events: ChatEvent[];
    };
    const [event] = events;
    if (!event) throw new Error(`the phone saw no ${kind} of bot ${this.botId} within ${timeoutSeconds} s`);
    this.position = event.seq;
    return event as Extract<ChatEvent, { kind: Kind }>;
  }

  private path(rest: string): string {
    return `/api/chats/${this.botId}/${this.userId}${rest}`;
  }

  private post<Result = Sent>(rest: string, body: unknown): Promise<Result> {
    return callControl(this.url, "POST", this.path(rest), body) as Promise<Result>;
  }

  private async upload(
    kind: string,
    bytes: Uint8Array<ArrayBufferLike>,
    query: Record<string, string>,
  ): Promise<Sent> {
    const response = await fetch(`${this.url}${this.path(`/${kind}`)}?${new URLSearchParams(query)}`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: new Uint8Array(bytes),
    });
    return (await readControl(response)) as unknown as Sent;
  }
}

interface Sent {
  message: Message;
  updateId: number | null;
}

/** The buttons of a message, as texts row by row. */
export const buttonsOf = (message: Message): string[][] =>
  (message.reply_markup?.inline_keyboard ?? []).map((row: InlineKeyboardButton[]) =>
    row.map(({ text }) => text),
  );

/** Controls a server by its URL: faults, limits and logs. */
export const controlOf = (url: string) => ({
  setFaults: (faults: FaultsInput) => callControl(url, "PUT", "/api/faults", faults),
  setLimits: (limits: Partial<RateLimits>) => callControl(url, "PUT", "/api/limits", limits),
  bot: (botId: number) => callControl(url, "GET", `/api/bots/${botId}`),
  calls: async (botId: number, query = ""): Promise<LoggedCall[]> =>
    (await callControl(url, "GET", `/api/bots/${botId}/calls${query}`)).items as LoggedCall[],
  clearCalls: (botId: number) => callControl(url, "DELETE", `/api/bots/${botId}/calls`),
  redeliver: (botId: number, updateId: number, copies = 1) =>
    callControl(url, "POST", `/api/bots/${botId}/updates/${updateId}/redeliver`, { copies }),
});

/** Drops the updates that wait for an app that has ended: they would be sent again and again, for a day by its clock. */
export async function dropPendingUpdates(url: string): Promise<void> {
  const response = await fetch(`${url}/api/bots`);
  const bots = (await response.json()) as { token: string; webhook: { pending_update_count: number } }[];
  for (const { token, webhook } of bots)
    if (webhook.pending_update_count > 0)
      await callApi(url, token, "deleteWebhook", { drop_pending_updates: true });
}

/** @throws with the server's reason when it refuses */
export async function callControl(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return readControl(response);
}

async function readControl(response: Response): Promise<Record<string, unknown>> {
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${answer.error}`);
  return answer;
}
