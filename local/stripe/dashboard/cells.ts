import { clockTime } from "../../http/dashboard";
import { type Html, html } from "../../http/html";
import type { Delivery } from "../state/model";

const MAX_TEXT_SHOWN = 90;
const MAX_RESPONSE_SHOWN = 500;

export const idCell = (text: string): Html => html`<code class="id" title="${text}">${text}</code>`;

export const truncate = (text: string, length = MAX_TEXT_SHOWN): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;

const STATE_STYLES: Readonly<Record<string, string>> = {
  complete: "good",
  succeeded: "good",
  delivered: "good",
  failed: "bad",
  dropped: "bad",
  requires_payment_method: "bad",
  expired: "quiet",
  refunded: "quiet",
};

export const stateCell = (name: string): Html =>
  html`<span class="state ${STATE_STYLES[name] ?? "wait"}">${name.replaceAll("_", " ")}</span>`;

/** One delivery: its state, and its attempts in a `details` element. */
export function attemptsCell(delivery: Delivery): Html {
  const next =
    delivery.state === "waiting" && html` <span class="quiet">at ${clockTime(delivery.dueAt)}</span>`;
  const count = delivery.attempts.length === 1 ? "1 attempt" : `${delivery.attempts.length} attempts`;
  if (delivery.attempts.length === 0)
    return html`<div class="nowrap">${stateCell(delivery.state)}${next}</div>`;
  return html`<details><summary>${stateCell(delivery.state)}${next} <span class="quiet">${count}</span></summary>
${delivery.attempts.map(
  ({ at, status, latencyMs, answer }) =>
    html`<span class="nowrap">${clockTime(at)} <b>${status || "no answer"}</b> <span class="quiet">${latencyMs} ms</span></span><pre tabindex="0">${truncate(answer, MAX_RESPONSE_SHOWN)}</pre>`,
)}</details>`;
}
