import type { Api } from "../api/router";
import type { AttemptSummary, DeadLetter, LogEntry, MessageSpec } from "../model";
import { shownBody, utf8OrNull } from "../redact";
import { Html, html } from "./html";
import { SCRIPT, STYLE } from "./style";

const SHOWN_MESSAGES = 60;
const SHOWN_LETTERS = 100;
const SHOWN_TEXT = 2000;

/** The page: what came in, what became of it, and what waits. It shows no token, key or header. */
export function overview(api: Api): string {
  const { state } = api.store;
  const { counters } = state;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>QStash, local</title>
<noscript><meta http-equiv="refresh" content="3"></noscript>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>QStash, local</h1>
<dl>
${fact("waiting", state.messages.size)}${fact("under way", api.dispatcher.activeTotal)}
${fact("published", counters.published)}${fact("delivered", counters.delivered)}
${fact("retries", counters.retried)}${fact("dead letters", state.deadLetters.size)}
</dl>
</header>
${section("Messages", messages(api))}
${section("Dead letters", deadLetters(api))}
${section("Queues", queues(api))}
${section("Schedules", schedules(api))}
${section("Flow control", flowControl(api))}
</main>
<script>${new Html(SCRIPT)}</script>
</body>
</html>`;
  return page.text;
}

const fact = (name: string, value: number): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function section(title: string, table: Table): Html {
  const more =
    table.total > table.rows.length && html`<small>newest ${table.rows.length} of ${table.total}</small>`;
  const body =
    table.rows.length === 0
      ? html`<p class="empty">${table.empty}</p>`
      : html`<table><thead><tr>${table.head.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${table.rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
  return html`<section><h2>${title}${more}</h2><div class="scroll">${body}</div></section>`;
}

interface Table {
  head: string[];
  rows: Html[][];
  total: number;
  empty: string;
}

function messages(api: Api): Table {
  const { state } = api.store;
  const shown = new Map<string, { message: MessageSpec; entries: LogEntry[] }>();
  for (const { entry, message } of state.log.newestFirst()) {
    const known = shown.get(entry.messageId);
    if (known) known.entries.push(entry);
    else if (shown.size < SHOWN_MESSAGES) shown.set(entry.messageId, { message, entries: [entry] });
  }
  const rows = [...shown.values()].map(({ message, entries }) => {
    const attempts = entries.filter(({ attempt }) => attempt).reverse();
    const last = attempts.at(-1)?.attempt;
    return [
      time(message.createdAt),
      stateOf(entries[0]),
      html`${target(message)}${origin(message)}`,
      html`<span class="nowrap">${attempts.length === 0 ? "" : status(last)}</span>`,
      html`<span class="nowrap">${last ? `${last.latencyMs} ms` : ""}</span>`,
      html`<details><summary>${attempts.length === 1 ? "1 attempt" : `${attempts.length} attempts`}</summary>
<p class="quiet"><code>${message.id}</code></p>${sent(message)}
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

function deadLetters(api: Api): Table {
  const letters = [...api.store.state.deadLetters.values()].reverse();
  const rows = letters.slice(0, SHOWN_LETTERS).map((letter) => [
    time(letter.failedAt),
    target(letter.message),
    html`<span class="nowrap bad">${letter.status || "no answer"}</span>`,
    html`<details><summary>${letter.retried + 1 === 1 ? "1 attempt" : `${letter.retried + 1} attempts`}</summary>
<p class="quiet"><code>${letter.message.id}</code></p>${sent(letter.message)}${answered(letter)}</details>`,
    html`<span class="nowrap">${action("retry", letter, "Retry", "main")} ${action("delete", letter, "Delete")}</span>`,
  ]);
  return {
    head: ["Failed", "Destination", "Status", "Details", ""],
    rows,
    total: letters.length,
    empty: "No dead letters.",
  };
}

const action = (name: string, letter: DeadLetter, label: string, style = ""): Html =>
  html`<form method="post" action="/letters/${letter.dlqId}/${name}"><button class="${style}">${label}</button></form>`;

function queues(api: Api): Table {
  const { state } = api.store;
  const rows = [...state.queues.values()].map((queue) => [
    html`<code>${queue.name}</code>`,
    html`${state.byQueue.get(queue.name)?.size ?? 0}`,
    html`${queue.parallelism}`,
    runs(queue.paused),
  ]);
  return { head: ["Name", "Waiting", "Parallelism", ""], rows, total: rows.length, empty: "No queues." };
}

function schedules(api: Api): Table {
  const rows = [...api.store.state.schedules.values()].map((schedule) => [
    html`<code>${schedule.id}</code>`,
    html`<code>${schedule.cron}</code>`,
    html`<code>${withoutPassword(schedule.destination)}</code>`,
    schedule.lastAt === undefined ? html`` : time(schedule.lastAt),
    schedule.paused ? html`` : time(schedule.nextAt),
    runs(schedule.paused),
  ]);
  return {
    head: ["Id", "Cron", "Destination", "Last", "Next", ""],
    rows,
    total: rows.length,
    empty: "No schedules.",
  };
}

function flowControl(api: Api): Table {
  const rows = [...api.store.state.flowKeys.values()].map((key) => [
    html`<code>${key.key}</code>`,
    html`${api.dispatcher.waitListSize(key.key)}`,
    html`${api.dispatcher.activeCount(key.key)}${key.parallelism > 0 && ` of ${key.parallelism}`}`,
    html`${key.rate > 0 && `${key.rate} per ${key.period} s`}`,
    runs(key.paused),
  ]);
  return {
    head: ["Key", "Waiting", "Under way", "Rate", ""],
    rows,
    total: rows.length,
    empty: "No flow control keys.",
  };
}

const runs = (paused: boolean): Html =>
  paused ? html`<span class="state wait">paused</span>` : html`<span class="quiet">active</span>`;

const STATE_STYLES: Record<string, string> = {
  DELIVERED: "good",
  FAILED: "bad",
  ERROR: "bad",
  CANCELED: "quiet",
};

function stateOf(entry: LogEntry | undefined): Html {
  if (!entry) return html``;
  const next =
    entry.nextDeliveryTime && html` <span class="quiet">at ${clockTime(entry.nextDeliveryTime)}</span>`;
  return html`<span class="state ${STATE_STYLES[entry.state] ?? "wait"}">${entry.state}</span>${next}`;
}

const target = (message: MessageSpec): Html =>
  html`<code class="target">${message.method} ${withoutPassword(message.url)}</code>`;

function origin(message: MessageSpec): Html {
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

function sent(message: MessageSpec): Html {
  const { body, bodyBase64 } = shownBody(message);
  if (body === undefined && bodyBase64 === undefined) return html`<p class="quiet">no body</p>`;
  return html`<span class="quiet">sent</span><pre>${body === undefined ? bytes(message.body) : cut(body)}</pre>`;
}

const answered = (letter: DeadLetter): Html =>
  html`<span class="quiet">answered</span><pre>${letter.error ?? readable(letter.body)}</pre>`;

function attemptView(attempt: AttemptSummary | undefined, at: number): Html {
  if (!attempt) return html``;
  const { latencyMs, error, body = "" } = attempt;
  return html`<span class="nowrap">${clockTime(at)} ${status(attempt)} <span class="quiet">${latencyMs} ms</span></span>
<pre>${attempt.status === 0 ? error : readable(body)}</pre>`;
}

function status(attempt: AttemptSummary | undefined): Html {
  if (!attempt) return html``;
  const good = attempt.status >= 200 && attempt.status < 300;
  return html`<span class="state ${good ? "good" : "bad"}">${attempt.status || "no answer"}</span>`;
}

function readable(base64: string): string {
  const text = utf8OrNull(Buffer.from(base64, "base64"));
  return text === null ? bytes(base64) : cut(text);
}

const bytes = (base64: string): string => `${Buffer.byteLength(base64, "base64")} bytes`;
const cut = (text: string): string => (text.length > SHOWN_TEXT ? `${text.slice(0, SHOWN_TEXT)}…` : text);

const clockTime = (at: number): string => `${new Date(at).toISOString().slice(11, 19)}`;
const time = (at: number): Html =>
  html`<time class="nowrap" datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().slice(0, 19).replace("T", " ")}</time>`;

/** A URL may carry a user's password; the page does not. */
const withoutPassword = (url: string): string => url.replace(/^(https?:\/\/)[^/@?#]*@/i, "$1…@");
