import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { type BotCall, startBotApi } from "./bot-api";
import { type BenchBot, INTERVAL_SECONDS, type PeopleCommand, type PeopleResult } from "./bot-protocol";

/**
 * Telegram in `npm run bench:bot`: it delivers what people write to the webhook, and is the Bot API that the bot calls, so
 * one clock measures both. A person writes the next message of a conversation that never ends; one phase of
 * `INTERVAL_SECONDS` is theirs.
 */

const INTERVAL_MS = INTERVAL_SECONDS * 1_000;
/** What was written last is waited for so long. */
const DRAIN_MS = 10_000;
const RETRY_MS = 1_000;

interface Person {
  telegramId: number;
  bot: BenchBot;
  phaseMs: number;
  /** Number of the next message of the conversation. */
  turn: number;
  /** When the update arrived that no call followed yet. */
  arrivedMs: number | null;
  isMeasured: boolean;
  /** What the buttons of the newest message send. */
  buttons: string[];
  onAnswer: (() => void) | null;
}

const people: Person[] = [];
const byTelegramId = new Map<number, Person>();
const epochMs = performance.now();
const agent = new Agent({ keepAlive: true, maxSockets: 200 });
let instances: string[] = [];
let lastUpdateId = 1;
let measured = { updates: 0, refused: 0, latencies: [] as number[] };

await startBotApi(Number(process.env.BOT_API_PORT), ({ telegramId, buttons }: BotCall) => {
  const person = byTelegramId.get(telegramId);
  if (!person) return;
  if (buttons) person.buttons = buttons;
  if (person.arrivedMs === null) return;
  if (person.isMeasured) measured.latencies.push(performance.now() - person.arrivedMs);
  person.arrivedMs = null;
  person.onAnswer?.();
});

/** A conversation with all that a bot does at once: lists, a question with its answer, a button that resumes. */
const CONVERSATION: readonly ((person: Person) => object)[] = [
  (person) => text(person, "/start"),
  (person) => press(person, "s:history"),
  (person) => text(person, "/referral"),
  (person) => text(person, "/spend"),
  (person) => text(person, "2,5"),
  // No: a yes is a task.
  (person) => press(person, person.buttons[1] ?? "s:history"),
];

const from = ({ telegramId }: Person) => ({
  ...{ id: telegramId, is_bot: false, first_name: "Tess", language_code: "en" },
});

const text = (person: Person, words: string) => ({
  message: {
    ...{ message_id: lastUpdateId, date: 1, from: from(person), text: words },
    chat: { id: person.telegramId, type: "private", first_name: "Tess" },
  },
});

const press = (person: Person, data: string) => ({
  callback_query: {
    id: `${person.telegramId}:${lastUpdateId}`,
    from: from(person),
    chat_instance: "1",
    data,
  },
});

/** Writes a person's next message. */
function write(person: Person, isMeasured: boolean): void {
  lastUpdateId += 1;
  const turn = CONVERSATION[person.turn % CONVERSATION.length] ?? CONVERSATION[0];
  const update = { update_id: lastUpdateId, ...turn?.(person) };
  Object.assign(person, { turn: person.turn + 1, arrivedMs: performance.now(), isMeasured });
  if (isMeasured) measured.updates += 1;
  void deliver(person.bot, JSON.stringify(update), isMeasured);
}

/** Until it is taken, as Telegram does. */
async function deliver({ id, secret }: BenchBot, body: string, isMeasured: boolean): Promise<void> {
  for (;;) {
    const instance = instances[Math.floor(Math.random() * instances.length)] ?? "";
    const status = await post(`${instance}/api/webhooks/telegram/${id}`, body, secret).catch(() => 0);
    if (status === 200) return;
    if (isMeasured) measured.refused += 1;
    await delay(RETRY_MS);
  }
}

function post(url: string, body: string, secret: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret };
    const sent = request(url, { agent, method: "POST", headers }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** The people whose time it is, one after another, until the end. */
async function writeUntil(writers: readonly Person[], measuredFromMs: number, endMs: number): Promise<void> {
  const sorted = [...writers].sort((a, b) => a.phaseMs - b.phaseMs);
  const begunMs = performance.now();
  let cycle = Math.floor((begunMs - epochMs) / INTERVAL_MS);
  let next = sorted.findIndex(({ phaseMs }) => epochMs + cycle * INTERVAL_MS + phaseMs >= begunMs);
  if (next < 0) [cycle, next] = [cycle + 1, 0];
  for (;;) {
    const person = sorted[next];
    if (!person) return;
    const dueMs = epochMs + cycle * INTERVAL_MS + person.phaseMs;
    if (dueMs >= endMs) return;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    write(person, dueMs >= measuredFromMs);
    next += 1;
    if (next === sorted.length) [cycle, next] = [cycle + 1, 0];
  }
}

async function measure(seconds: number, work: () => Promise<void>): Promise<PeopleResult> {
  measured = { updates: 0, refused: 0, latencies: [] };
  const startCpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(startCpu);
  const drainUntilMs = performance.now() + DRAIN_MS;
  while (measured.latencies.length < measured.updates && performance.now() < drainUntilMs) await delay(20);
  const { updates, refused, latencies } = measured;
  const unanswered = updates - latencies.length;
  const sorted = latencies.sort((a, b) => a - b);
  // Who was never answered has waited to the end.
  const at = (part: number) => sorted[Math.ceil(updates * part) - 1] ?? DRAIN_MS;
  return {
    ...{ updates, refused, unanswered, seconds, p50Ms: at(0.5), p95Ms: at(0.95) },
    cpuMs: (user + system) / 1_000,
  };
}

async function talk(messages: number): Promise<void> {
  const [person] = people;
  if (!person) throw new Error("nobody to talk");
  for (let message = 0; message < messages; message += 1) {
    const answered = new Promise<void>((done) => {
      person.onAnswer = done;
    });
    write(person, true);
    await answered;
  }
  person.onAnswer = null;
}

async function handleCommand(command: PeopleCommand): Promise<PeopleResult> {
  switch (command.do) {
    case "meet":
      instances = command.instanceUrls;
      if (people.length === 0) meet(command.bots);
      return measure(0, async () => {});
    case "talk":
      return measure(0, () => talk(command.messages));
    case "write": {
      const { people: count, warmUpSeconds, seconds } = command;
      const measuredFromMs = performance.now() + warmUpSeconds * 1_000;
      return measure(seconds, () =>
        writeUntil(people.slice(0, count), measuredFromMs, measuredFromMs + seconds * 1_000),
      );
    }
  }
}

/** In an order in which the first hundreds have all bots, and the phases are even. */
function meet(bots: readonly BenchBot[]): void {
  for (const bot of bots)
    for (const telegramId of bot.people) {
      const person: Person = {
        ...{ telegramId, bot, phaseMs: Math.random() * INTERVAL_MS, turn: 0, arrivedMs: null },
        ...{ isMeasured: false, buttons: [], onAnswer: null },
      };
      people.push(person);
      byTelegramId.set(telegramId, person);
    }
}

process.on("message", (command: PeopleCommand) => {
  handleCommand(command).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
