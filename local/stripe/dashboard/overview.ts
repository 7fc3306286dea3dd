import { type Table, timeCell } from "../../http/dashboard";
import { type Html, html } from "../../http/html";
import { checkoutPath } from "../api/present";
import { NO_FAULTS } from "../faults";
import { formatAmount } from "../money/amounts";
import type { Provider } from "../provider";
import { attemptsCell, idCell, stateCell, truncate } from "./cells";

const MAX_ROWS_SHOWN = 50;

/** What the page shows: sessions, payments, refunds and events. No key and no secret. */
export function overview(provider: Provider) {
  const { sessions, paymentIntents, refunds, events } = provider.store.state.tables;
  return {
    title: "Stripe, local",
    facts: {
      sessions: sessions.size,
      payments: paymentIntents.size,
      refunds: refunds.size,
      events: events.size,
      "waiting to be sent": provider.store.state.waitingDeliveries.length,
    },
    note: html`<p>An emulator: no money moves. Webhook URL: ${provider.dispatcher.webhookUrl ?? "none"}.</p>${faultsWarning(provider)}`,
    tables: {
      "Checkout sessions": sessionTable(provider),
      Payments: paymentTable(provider),
      Refunds: refundTable(provider),
      Events: eventTable(provider),
    },
  };
}

function faultsWarning({ faults: { current } }: Provider): Html | false {
  if (JSON.stringify(current) === JSON.stringify(NO_FAULTS)) return false;
  return html`<p class="warn">Active faults: <code>${JSON.stringify(current)}</code></p>`;
}

function newest<Row>(rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows.values()].slice(-MAX_ROWS_SHOWN).reverse();
}

const moneyView = (amount: number, currency: string): Html =>
  html`<span class="money">${formatAmount(amount, currency)}</span>`;

function sessionTable({ store }: Provider): Table {
  const { sessions } = store.state.tables;
  const rows = newest(sessions).map(({ object, lineItems, paysAt }) => [
    timeCell(object.created * 1000),
    stateCell(paysAt !== null ? "late" : (object.status ?? "")),
    moneyView(object.amount_total, object.currency),
    html`<span class="target" dir="auto">${truncate(lineItems.map((item) => `${item.quantity} × ${item.description}`).join(", "))}</span>`,
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
      timeCell(intent.created * 1000),
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
  html`<form method="post" action="/payments/${intentId}/refund"><input name="amount" inputmode="numeric" pattern="[0-9]+" required value="${refundable}" aria-label="Amount in minor units"><button>Refund</button></form>`;

function refundTable({ store }: Provider): Table {
  const { refunds } = store.state.tables;
  const rows = newest(refunds).map((refund) => [
    timeCell(refund.created * 1000),
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
    timeCell(event.created * 1000),
    html`<code class="nowrap">${event.type}</code>`,
    html`${store.state.deliveriesOf(event.id).map((delivery) => attemptsCell(delivery))}`,
    html`<details><summary>Body</summary><pre tabindex="0">${JSON.stringify(event, null, 2)}</pre></details>`,
    idCell(event.id),
    html`<form method="post" action="/events/${event.id}/resend"><button>Send again</button></form>`,
  ]);
  const head = ["Created", "Type", "Sent", "Event", "Id", "Again"];
  return { head, rows, total: events.size, empty: "No events yet." };
}
