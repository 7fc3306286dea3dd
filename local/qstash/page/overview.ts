import { clockTime, type Table, timeCell } from "../../http/dashboard";
import { type Html, html } from "../../http/html";
import type { Api } from "../api/router";
import type { AttemptSummary, DeadLetter, LogEntry, MessageSpec } from "../model";
import { remainingMessages } from "../quota";
import { decodeUtf8, visibleBody } from "../redact";

const MAX_MESSAGES_SHOWN = 60;
const MAX_LETTERS_SHOWN = 100;
const MAX_TEXT_SHOWN = 2000;

/** What the page shows: messages, dead letters, queues, schedules and flow control. No token, key or header. */
export function overview(api: Api) {
  const { state } = api.store;
  const { counters } = state;
  return {
    title: "QStash, local",
    facts: {
      waiting: state.messages.size,
      "under way": api.dispatcher.activeTotal,
      published: counters.published,
      delivered: counters.delivered,
      retries: counters.retried,
      "dead letters": state.deadLetters.size,
      ...planFacts(api),
    },
    tables: {
      Messages: messageTable(api),
      "Dead letters": deadLetterTable(api),
      Queues: queueTable(api),
      Schedules: scheduleTable(api),
      "Flow control": flowControlTable(api),
    },
  };
}

/** With a plan that limits the day's messages. */
function planFacts({ store }: Api): Record<string, number> {
  const remaining = remainingMessages(store);
  if (remaining === Number.POSITIVE_INFINITY) return {};
  return { today: store.state.messagesOn(store.now()), "left today": remaining };
}

function messageTable(api: Api): Table {
  const { state } = api.store;
  const shown = new Map<string, { message: MessageSpec; entries: LogEntry[] }>();
  for (const { entry, message } of state.log.newestFirst()) {
    const known = shown.get(entry.messageId);
    if (known) known.entries.push(entry);
    else if (shown.size < MAX_MESSAGES_SHOWN) shown.set(entry.messageId, { message, entries: [entry] });
  }
  const rows = [...shown.values()].map(({ message, entries }) => {
    const attempts = entries.filter(({ attempt }) => attempt).reverse();
    const last = attempts.at(-1)?.attempt;
    return [
      timeCell(message.createdAt),
      stateCell(entries[0]),
      html`${targetCell(message)}${originView(message)}`,
      html`<span class="nowrap">${attempts.length === 0 ? "" : statusCell(last)}</span>`,
      html`<span class="nowrap">${last ? `${last.latencyMs} ms` : ""}</span>`,
      html`<details><summary>${attempts.length === 1 ? "1 attempt" : `${attempts.length} attempts`}</summary>
<p class="quiet"><code>${message.id}</code></p>${sentBody(message)}
${attempts.map(({ attempt, time: at }) => attemptView(attempt, at))}</details>`,
    ];
  });
  return {
    head: ["Created", "State", "Destination", "Status", "Latency", "Details"],
    rows,
    total: state.log.messages.size,
    empty: "Nothing yet. Publish something to see it here.",
  };
}

function deadLetterTable(api: Api): Table {
  const letters = [...api.store.state.deadLetters.values()].reverse();
  const rows = letters.slice(0, MAX_LETTERS_SHOWN).map((letter) => [
    timeCell(letter.failedAt),
    targetCell(letter.message),
    html`<span class="nowrap bad">${letter.status || "no answer"}</span>`,
    html`<details><summary>${letter.retried + 1 === 1 ? "1 attempt" : `${letter.retried + 1} attempts`}</summary>
<p class="quiet"><code>${letter.message.id}</code></p>${sentBody(letter.message)}${receivedBody(letter)}</details>`,
    html`<span class="nowrap">${actionForm("retry", letter, "Retry", "main")} ${actionForm("delete", letter, "Delete")}</span>`,
  ]);
  return {
    head: ["Failed", "Destination", "Status", "Details", ""],
    rows,
    total: letters.length,
    empty: "No dead letters.",
  };
}

const actionForm = (name: string, letter: DeadLetter, label: string, style = ""): Html =>
  html`<form method="post" action="/letters/${letter.dlqId}/${name}"><button class="${style}">${label}</button></form>`;

function queueTable(api: Api): Table {
  const { state } = api.store;
  const rows = [...state.queues.values()].map((queue) => [
    html`<code>${queue.name}</code>`,
    html`${state.messageIdsByQueue.get(queue.name)?.size ?? 0}`,
    html`${queue.parallelism}`,
    pausedCell(queue.paused),
  ]);
  return { head: ["Name", "Waiting", "Parallelism", ""], rows, total: rows.length, empty: "No queues." };
}

function scheduleTable(api: Api): Table {
  const rows = [...api.store.state.schedules.values()].map((schedule) => [
    html`<code>${schedule.id}</code>`,
    html`<code>${schedule.cron}</code>`,
    html`<code>${maskPassword(schedule.destination)}</code>`,
    schedule.lastAt === undefined ? html`` : timeCell(schedule.lastAt),
    schedule.paused ? html`` : timeCell(schedule.nextAt),
    pausedCell(schedule.paused),
  ]);
  return {
    head: ["Id", "Cron", "Destination", "Last", "Next", ""],
    rows,
    total: rows.length,
    empty: "No schedules.",
  };
}

function flowControlTable(api: Api): Table {
  const rows = [...api.store.state.flowKeys.values()].map((key) => [
    html`<code>${key.key}</code>`,
    html`${api.dispatcher.waitListSize(key.key)}`,
    html`${api.dispatcher.activeCount(key.key)}${key.parallelism > 0 && ` of ${key.parallelism}`}`,
    html`${key.rate > 0 && `${key.rate} per ${key.period} s`}`,
    pausedCell(key.paused),
  ]);
  return {
    head: ["Key", "Waiting", "Under way", "Rate", ""],
    rows,
    total: rows.length,
    empty: "No flow control keys.",
  };
}

const pausedCell = (paused: boolean): Html =>
  paused ? html`<span class="state wait">paused</span>` : html`<span class="quiet">active</span>`;

const STATE_STYLES: Record<string, string> = {
  DELIVERED: "good",
  FAILED: "bad",
  ERROR: "bad",
  CANCELED: "quiet",
};

function stateCell(entry: LogEntry | undefined): Html {
  if (!entry) return html``;
  const next =
    entry.nextDeliveryTime && html` <span class="quiet">at ${clockTime(entry.nextDeliveryTime)}</span>`;
  return html`<span class="state ${STATE_STYLES[entry.state] ?? "wait"}">${entry.state}</span>${next}`;
}

const targetCell = (message: MessageSpec): Html =>
  html`<code class="target">${message.method} ${maskPassword(message.url)}</code>`;

function originView(message: MessageSpec): Html {
  const parts = [
    message.kind !== "message" && (message.kind === "callback" ? "callback" : "failure callback"),
    message.queueName && `queue ${message.queueName}`,
    message.topicName && `group ${message.topicName}`,
    message.scheduleId && `schedule ${message.scheduleId}`,
    message.flow && `flow ${message.flow.key}`,
    message.labels.length > 0 && message.labels.join(", "),
  ].filter((part) => typeof part === "string");
  return parts.length === 0 ? html`` : html`<br><span class="quiet">${parts.join(" · ")}</span>`;
}

function sentBody(message: MessageSpec): Html {
  const { body, bodyBase64 } = visibleBody(message);
  if (body === undefined && bodyBase64 === undefined) return html`<p class="quiet">no body</p>`;
  return html`<span class="quiet">sent</span><pre>${body === undefined ? byteCount(message.body) : truncate(body)}</pre>`;
}

const receivedBody = (letter: DeadLetter): Html =>
  html`<span class="quiet">answered</span><pre>${letter.error ?? decodeBody(letter.body)}</pre>`;

function attemptView(attempt: AttemptSummary | undefined, at: number): Html {
  if (!attempt) return html``;
  const { latencyMs, error, body = "" } = attempt;
  return html`<span class="nowrap">${clockTime(at)} ${statusCell(attempt)} <span class="quiet">${latencyMs} ms</span></span>
<pre>${attempt.status === 0 ? error : decodeBody(body)}</pre>`;
}

function statusCell(attempt: AttemptSummary | undefined): Html {
  if (!attempt) return html``;
  const good = attempt.status >= 200 && attempt.status < 300;
  return html`<span class="state ${good ? "good" : "bad"}">${attempt.status || "no answer"}</span>`;
}

function decodeBody(base64: string): string {
  const text = decodeUtf8(Buffer.from(base64, "base64"));
  return text === null ? byteCount(base64) : truncate(text);
}

const byteCount = (base64: string): string => `${Buffer.byteLength(base64, "base64")} bytes`;
const truncate = (text: string): string =>
  text.length > MAX_TEXT_SHOWN ? `${text.slice(0, MAX_TEXT_SHOWN)}…` : text;

/** Hides the user and password of a URL. */
const maskPassword = (url: string): string => url.replace(/^(https?:\/\/)[^/@?#]*@/i, "$1…@");
