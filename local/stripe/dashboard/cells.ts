import { type Html, html } from "../../qstash/page/html";
import type { Delivery } from "../state/model";

const SHOWN_TEXT = 90;
const SHOWN_ANSWER = 500;

export const id = (text: string): Html => html`<code class="id" title="${text}">${text}</code>`;

export const cut = (text: string, length = SHOWN_TEXT): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;

const iso = (ms: number): string => new Date(ms).toISOString();

/** @param seconds  Unix time */
export function time(seconds: number): Html {
  const text = iso(seconds * 1000);
  return html`<time class="nowrap" datetime="${text}">${text.slice(0, 19).replace("T", " ")}</time>`;
}

const STYLES: Readonly<Record<string, string>> = {
  complete: "good",
  succeeded: "good",
  delivered: "good",
  failed: "bad",
  dropped: "bad",
  requires_payment_method: "bad",
  expired: "quiet",
  refunded: "quiet",
};

export const stateOf = (name: string): Html =>
  html`<span class="state ${STYLES[name] ?? "wait"}">${name.replaceAll("_", " ")}</span>`;

/** One delivery: what became of it, and each attempt behind a fold. */
export function attempts(delivery: Delivery): Html {
  const next =
    delivery.state === "waiting" && html` <span class="quiet">at ${iso(delivery.dueAt).slice(11, 19)}</span>`;
  const count = delivery.attempts.length === 1 ? "1 attempt" : `${delivery.attempts.length} attempts`;
  if (delivery.attempts.length === 0)
    return html`<div class="nowrap">${stateOf(delivery.state)}${next}</div>`;
  return html`<details><summary>${stateOf(delivery.state)}${next} <span class="quiet">${count}</span></summary>
${delivery.attempts.map(
  ({ at, status, latencyMs, answer }) =>
    html`<span class="nowrap">${iso(at).slice(11, 19)} <b>${status || "no answer"}</b> <span class="quiet">${latencyMs} ms</span></span><pre tabindex="0">${cut(answer, SHOWN_ANSWER)}</pre>`,
)}</details>`;
}
