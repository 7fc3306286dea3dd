import { Html, html } from "../../http/html";
import { formatAmount } from "../money/amounts";
import type { LineItem, Session } from "../state/model";
import { coverSvg } from "./cover";
import { type CheckoutMessages, type Language, MESSAGES } from "./messages";
import { STYLE } from "./style";

/** Renders the buyer's page for any state of the session. Works without JavaScript: every button submits a form. */
export function checkoutPage(session: Session, language: Language, declined: boolean): string {
  const messages = MESSAGES[language];
  const { status } = session.object;
  if (status === "open" && session.paysAt === null)
    return renderPage(language, openSessionView(session, language, declined), "pay");
  const shop = (url: string | null): Html | false =>
    url !== null && html`<a class="button main" href="${url}">${messages.back}</a>`;
  const id = session.object.id;
  if (status === "expired")
    return noticePage(language, messages.expired, messages.expiredHint, id, shop(session.object.cancel_url));
  const success = session.object.success_url?.replaceAll("{CHECKOUT_SESSION_ID}", id) ?? null;
  const [title, hint] =
    status === "open" ? [messages.processing, messages.processingHint] : [messages.paid, messages.paidHint];
  return noticePage(language, title, hint, id, shop(success));
}

export function unknownPage(language: Language): string {
  const { unknown, unknownHint } = MESSAGES[language];
  return noticePage(language, unknown, unknownHint, "", false);
}

/** @param results  accepted values of the form */
export function invalidFormPage(language: Language, id: string, results: readonly string[]): string {
  return noticePage(
    language,
    MESSAGES[language].title,
    `${MESSAGES[language].badForm} ${results.join(", ")}`,
    id,
    false,
  );
}

function noticePage(
  language: Language,
  title: string,
  hint: string,
  id: string,
  action: Html | false,
): string {
  const head = html`<div class="head">${id !== "" && coverSvg(id)}<div><h1>${title}</h1><p class="quiet">${hint}</p></div></div>`;
  return renderPage(language, html`<div class="card">${head}${action}</div>`, "notice");
}

function renderPage(language: Language, body: Html, kind: string): string {
  const messages = MESSAGES[language];
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${messages.title} · ${messages.standIn}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header class="tape"><b>${messages.standIn}.</b> ${messages.noMoney}</header>
<main class="${kind}">${body}</main>
</body>
</html>`.text;
}

function openSessionView(session: Session, language: Language, declined: boolean): Html {
  const messages = MESSAGES[language];
  const { amount_total, currency, id, expires_at } = session.object;
  const money = (amount: number): string => formatAmount(amount, currency, language);
  const total = money(amount_total);
  return html`<div class="what">
<div class="head">${coverSvg(id)}<div><h1>${messages.toPay}</h1><p class="sum">${total}</p></div></div>
<ul>${session.lineItems.map((item) => lineItem(item, messages, money))}
<li class="total"><span>${messages.total}</span><span>${total}</span></li></ul>
</div>
<div class="card">
${declined && html`<div class="alert" role="alert"><b>${messages.declined}</b><span>${messages.declinedHint}</span></div>`}
<div class="plastic"><span>${messages.testCard}<span>Visa</span></span><b>4242 4242 4242 4242</b></div>
<dl>${session.object.customer_email !== null && factView(messages.buyer, html`${session.object.customer_email}`)}
${factView(messages.openUntil, timeView(expires_at, language))}</dl>
${buttons(messages, amount_total, total)}
</div>`;
}

function buttons(messages: CheckoutMessages, amount: number, total: string): Html {
  if (amount === 0) {
    return html`<form method="post">${button("paid", messages.get, "main")}${button("abandoned", messages.leave, "plain")}</form>`;
  }
  return html`<form method="post">
${button("paid", messages.pay(total), "main")}
${button("failed", messages.decline)}
${button("abandoned", messages.leave, "plain")}
</form>
<details><summary>${messages.trouble}</summary>
<form method="post">
<div>${button("twice", messages.twice)}<p class="quiet">${messages.twiceHint}</p></div>
<div>${button("late", messages.late)}<p class="quiet">${messages.lateHint}</p></div>
</form></details>`;
}

const button = (result: string, label: string, style = ""): Html =>
  html`<button name="result" value="${result}" class="${style}">${label}</button>`;

const factView = (name: string, value: Html): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function lineItem(item: LineItem, messages: CheckoutMessages, money: (amount: number) => string): Html {
  const { description, quantity, price, amount_total } = item;
  const count = quantity ?? 1;
  const each = count > 1 && html`<small>${count} × ${messages.each(money(price.unit_amount ?? 0))}</small>`;
  return html`<li><span><bdi>${description}</bdi>${each}</span><span>${money(amount_total)}</span></li>`;
}

function timeView(seconds: number, language: Language): Html {
  const at = new Date(seconds * 1000);
  const shown = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(at);
  return html`<time datetime="${at.toISOString()}">${shown}</time>`;
}
