import { Html, html } from "../../qstash/page/html";
import { SCRIPT } from "../../qstash/page/style";
import { checkoutPath } from "../api/present";
import { NO_FAULTS } from "../faults";
import { formatAmount } from "../money/amounts";
import type { Provider } from "../provider";
import { attemptsCell, idCell, stateCell, timeCell, truncate } from "./cells";
import { STYLE } from "./style";

const MAX_ROWS_SHOWN = 50;

/** Renders the page: sessions, payments, refunds and events. Shows no key and no secret. */
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
${factView("sessions", sessions.size)}${factView("payments", paymentIntents.size)}${factView("refunds", refunds.size)}
${factView("events", events.size)}${factView("waiting to be sent", provider.store.state.waitingDeliveries.length)}
</dl>
</header>
<p class="quiet">An emulator: no money moves. Webhook URL: ${provider.dispatcher.webhookUrl ?? "none"}.</p>
${faultsWarning(provider)}
${sectionView("Checkout sessions", sessionTable(provider))}
${sectionView("Payments", paymentTable(provider))}
${sectionView("Refunds", refundTable(provider))}
${sectionView("Events", eventTable(provider))}
</main>
<script>${new Html(SCRIPT)}</script>
</body>
</html>`.text;
}

const factView = (name: string, value: number): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function faultsWarning({ faults: { current } }: Provider): Html | false {
  if (JSON.stringify(current) === JSON.stringify(NO_FAULTS)) return false;
  return html`<p class="warn">Active faults: <code>${JSON.stringify(current)}</code></p>`;
}

interface Table {
  head: string[];
  rows: Html[][];
  total: number;
  empty: string;
}

function sectionView(title: string, { head, rows, total, empty }: Table): Html {
  const more = total > rows.length && html`<small>newest ${rows.length} of ${total}</small>`;
  const body =
    rows.length === 0
      ? html`<p class="empty">${empty}</p>`
      : html`<table><thead><tr>${head.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
  return html`<section><h2>${title}${more}</h2><div class="scroll" tabindex="0" role="region" aria-label="${title}">${body}</div></section>`;
}

function newest<Row>(rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows.values()].slice(-MAX_ROWS_SHOWN).reverse();
}

const moneyView = (amount: number, currency: string): Html =>
  html`<span class="money">${formatAmount(amount, currency)}</span>`;

function sessionTable({ store }: Provider): Table {
  const { sessions } = store.state.tables;
  const rows = newest(sessions).map(({ object, lineItems, paysAt }) => [
    timeCell(object.created),
    stateCell(paysAt !== null ? "late" : (object.status ?? "")),
    moneyView(object.amount_total, object.currency),
    html`<span class="wide">${truncate(lineItems.map((item) => `${item.quantity} × ${item.description}`).join(", "))}</span>`,
    html`${object.client_reference_id !== null && idCell(object.client_reference_id)}`,
    idCell(object.id),
    object.status === "open" ? html`<a href="${checkoutPath(object.id)}">open</a>` : html``,
  ]);
  const head = ["Created", "State", "Amount", "What", "Reference", "Id", "Page"];
  return {
    head,
    rows,
    total: sessions.size,
    empty: "No checkout sessions yet. The app opens one for each purchase.",
  };
}

function paymentTable({ store }: Provider): Table {
  const { paymentIntents, charges } = store.state.tables;
  const rows = newest(paymentIntents).map((intent) => {
    const charge = charges.get(intent.latest_charge ?? "");
    const refundable = (charge?.amount_captured ?? 0) - (charge?.amount_refunded ?? 0);
    return [
      timeCell(intent.created),
      stateCell(charge?.refunded ? "refunded" : intent.status),
      moneyView(intent.amount, intent.currency),
      charge && charge.amount_refunded > 0 ? moneyView(charge.amount_refunded, intent.currency) : html``,
      idCell(intent.id),
      refundable > 0 ? refundForm(intent.id, refundable) : html``,
    ];
  });
  const head = ["Created", "State", "Amount", "Refunded", "Id", "Refund, minor units"];
  return { head, rows, total: paymentIntents.size, empty: "No payments yet." };
}

const refundForm = (intentId: string, refundable: number): Html =>
  html`<form class="row" method="post" action="/payments/${intentId}/refund"><input name="amount" inputmode="numeric" pattern="[0-9]+" required value="${refundable}" aria-label="Amount in minor units"><button class="main">Refund</button></form>`;

function refundTable({ store }: Provider): Table {
  const { refunds } = store.state.tables;
  const rows = newest(refunds).map((refund) => [
    timeCell(refund.created),
    moneyView(refund.amount, refund.currency),
    html`${refund.reason ?? ""}`,
    idCell(refund.payment_intent),
    idCell(refund.id),
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
    timeCell(event.created),
    html`<code class="nowrap">${event.type}</code>`,
    html`${store.state.deliveriesOf(event.id).map((delivery) => attemptsCell(delivery))}`,
    html`<details><summary>Body</summary><pre tabindex="0">${JSON.stringify(event, null, 2)}</pre></details>`,
    idCell(event.id),
    html`<form method="post" action="/events/${event.id}/resend"><button>Send again</button></form>`,
  ]);
  const head = ["Created", "Type", "Sent", "Event", "Id", "Again"];
  return { head, rows, total: events.size, empty: "No events yet." };
}
