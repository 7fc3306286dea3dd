import { Html, html } from "../../qstash/page/html";
import { SCRIPT } from "../../qstash/page/style";
import { pagePath } from "../api/present";
import { NO_FAULTS } from "../faults";
import { formatAmount } from "../money/amounts";
import type { Provider } from "../provider";
import { attempts, cut, id, stateOf, time } from "./cells";
import { STYLE } from "./style";

const SHOWN = 50;

/** The page: sessions, payments, refunds and events. It shows no key and no secret. */
export function overview(provider: Provider): string {
  const { sessions, paymentIntents, refunds, events } = provider.store.state.tables;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stripe, local</title>
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="3"></noscript>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>Stripe, local</h1>
<dl>
${fact("sessions", sessions.size)}${fact("payments", paymentIntents.size)}${fact("refunds", refunds.size)}
${fact("events", events.size)}${fact("waiting to be sent", provider.store.state.waitingDeliveries.length)}
</dl>
</header>
<p class="quiet">A stand-in: no money moves. Events go to ${provider.dispatcher.webhookUrl ?? "nobody"}.</p>
${faults(provider)}
${section("Checkout sessions", sessionTable(provider))}
${section("Payments", paymentTable(provider))}
${section("Refunds", refundTable(provider))}
${section("Events", eventTable(provider))}
</main>
<script>${new Html(SCRIPT)}</script>
</body>
</html>`.text;
}

const fact = (name: string, value: number): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function faults({ faults: { current } }: Provider): Html | false {
  if (JSON.stringify(current) === JSON.stringify(NO_FAULTS)) return false;
  return html`<p class="warn">Goes wrong on purpose: <code>${JSON.stringify(current)}</code></p>`;
}

interface Table {
  head: string[];
  rows: Html[][];
  total: number;
  empty: string;
}

function section(title: string, { head, rows, total, empty }: Table): Html {
  const more = total > rows.length && html`<small>newest ${rows.length} of ${total}</small>`;
  const body =
    rows.length === 0
      ? html`<p class="empty">${empty}</p>`
      : html`<table><thead><tr>${head.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
  return html`<section><h2>${title}${more}</h2><div class="scroll" tabindex="0" role="region" aria-label="${title}">${body}</div></section>`;
}

function newest<Row>(rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows.values()].slice(-SHOWN).reverse();
}

const money = (amount: number, currency: string): Html =>
  html`<span class="money">${formatAmount(amount, currency)}</span>`;

function sessionTable({ store }: Provider): Table {
  const { sessions } = store.state.tables;
  const rows = newest(sessions).map(({ object, lineItems, paysAt }) => [
    time(object.created),
    stateOf(paysAt !== null ? "late" : (object.status ?? "")),
    money(object.amount_total, object.currency),
    html`<span class="wide">${cut(lineItems.map((item) => `${item.quantity} × ${item.description}`).join(", "))}</span>`,
    html`${object.client_reference_id !== null && id(object.client_reference_id)}`,
    id(object.id),
    object.status === "open" ? html`<a href="${pagePath(object.id)}">open</a>` : html``,
  ]);
  const head = ["Created", "State", "Amount", "What", "Reference", "Id", "Page"];
  return {
    head,
    rows,
    total: sessions.size,
    empty: "No checkout yet. The app opens one when somebody buys.",
  };
}

function paymentTable({ store }: Provider): Table {
  const { paymentIntents, charges } = store.state.tables;
  const rows = newest(paymentIntents).map((intent) => {
    const charge = charges.get(intent.latest_charge ?? "");
    const left = (charge?.amount_captured ?? 0) - (charge?.amount_refunded ?? 0);
    return [
      time(intent.created),
      stateOf(charge?.refunded ? "refunded" : intent.status),
      money(intent.amount, intent.currency),
      charge && charge.amount_refunded > 0 ? money(charge.amount_refunded, intent.currency) : html``,
      id(intent.id),
      left > 0 ? refundForm(intent.id, left) : html``,
    ];
  });
  const head = ["Created", "State", "Amount", "Given back", "Id", "Refund, minor units"];
  return { head, rows, total: paymentIntents.size, empty: "Nothing was paid yet." };
}

const refundForm = (intentId: string, left: number): Html =>
  html`<form class="row" method="post" action="/payments/${intentId}/refund"><input name="amount" inputmode="numeric" pattern="[0-9]+" required value="${left}" aria-label="Amount in minor units"><button class="main">Refund</button></form>`;

function refundTable({ store }: Provider): Table {
  const { refunds } = store.state.tables;
  const rows = newest(refunds).map((refund) => [
    time(refund.created),
    money(refund.amount, refund.currency),
    html`${refund.reason ?? ""}`,
    id(refund.payment_intent),
    id(refund.id),
  ]);
  return {
    head: ["Created", "Amount", "Reason", "Payment", "Id"],
    rows,
    total: refunds.size,
    empty: "No refunds.",
  };
}

function eventTable({ store }: Provider): Table {
  const { events } = store.state.tables;
  const rows = newest(events).map((event) => [
    time(event.created),
    html`<code class="nowrap">${event.type}</code>`,
    html`${store.state.deliveriesOf(event.id).map((delivery) => attempts(delivery))}`,
    html`<details><summary>Body</summary><pre tabindex="0">${JSON.stringify(event, null, 2)}</pre></details>`,
    id(event.id),
    html`<form method="post" action="/events/${event.id}/resend"><button>Send again</button></form>`,
  ]);
  const head = ["Created", "Type", "Sent", "Event", "Id", "Again"];
  return { head, rows, total: events.size, empty: "Nothing has happened yet." };
}
