import { Html, html } from "../../qstash/page/html";
import { formatAmount } from "../money/amounts";
import type { LineItem, Session } from "../state/model";
import { cover } from "./cover";
import { type Language, MESSAGES, type Messages } from "./messages";
import { STYLE } from "./style";

/** The buyer's page in whatever state the session is. Works without a script: every button is a form's. */
export function checkoutPage(session: Session, language: Language, declined: boolean): string {
  const words = MESSAGES[language];
  const { status } = session.object;
  if (status === "open" && session.paysAt === null)
    return page(language, openSession(session, language, declined), "pay");
  const shop = (url: string | null): Html | false =>
    url !== null && html`<a class="button main" href="${url}">${words.back}</a>`;
  const id = session.object.id;
  if (status === "expired")
    return notice(language, words.expired, words.expiredHint, id, shop(session.object.cancel_url));
  const success = session.object.success_url?.replaceAll("{CHECKOUT_SESSION_ID}", id) ?? null;
  const [title, hint] =
    status === "open" ? [words.processing, words.processingHint] : [words.paid, words.paidHint];
  return notice(language, title, hint, id, shop(success));
}

export function unknownPage(language: Language): string {
  const { unknown, unknownHint } = MESSAGES[language];
  return notice(language, unknown, unknownHint, "", false);
}

/** @param results  what the form may say */
export function badFormPage(language: Language, id: string, results: readonly string[]): string {
  return notice(
    language,
    MESSAGES[language].title,
    `${MESSAGES[language].badForm} ${results.join(", ")}`,
    id,
    false,
  );
}

function notice(language: Language, title: string, hint: string, id: string, action: Html | false): string {
  const head = html`<div class="head">${id !== "" && cover(id)}<div><h1>${title}</h1><p class="quiet">${hint}</p></div></div>`;
  return page(language, html`<div class="card">${head}${action}</div>`, "notice");
}

function page(language: Language, body: Html, kind: string): string {
  const words = MESSAGES[language];
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${words.title} · ${words.standIn}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header class="tape"><b>${words.standIn}.</b> ${words.noMoney}</header>
<main class="${kind}">${body}</main>
</body>
</html>`.text;
}

function openSession(session: Session, language: Language, declined: boolean): Html {
  const words = MESSAGES[language];
  const { amount_total, currency, id, expires_at } = session.object;
  const money = (amount: number): string => formatAmount(amount, currency, language);
  const total = money(amount_total);
  return html`<div class="what">
<div class="head">${cover(id)}<div><h1>${words.toPay}</h1><p class="sum">${total}</p></div></div>
<ul>${session.lineItems.map((item) => lineItem(item, words, money))}
<li class="total"><span>${words.total}</span><span>${total}</span></li></ul>
</div>
<div class="card">
${declined && html`<div class="alert" role="alert"><b>${words.declined}</b><span>${words.declinedHint}</span></div>`}
<div class="plastic"><span>${words.testCard}<span>Visa</span></span><b>4242 4242 4242 4242</b></div>
<dl>${session.object.customer_email !== null && fact(words.buyer, html`${session.object.customer_email}`)}
${fact(words.openUntil, time(expires_at, language))}</dl>
${buttons(words, amount_total, total)}
</div>`;
}

function buttons(words: Messages, amount: number, total: string): Html {
  if (amount === 0) {
    return html`<form method="post">${button("paid", words.get, "main")}${button("abandoned", words.leave, "plain")}</form>`;
  }
  return html`<form method="post">
${button("paid", words.pay(total), "main")}
${button("failed", words.decline)}
${button("abandoned", words.leave, "plain")}
</form>
<details><summary>${words.trouble}</summary>
<form method="post">
<div>${button("twice", words.twice)}<p class="quiet">${words.twiceHint}</p></div>
<div>${button("late", words.late)}<p class="quiet">${words.lateHint}</p></div>
</form></details>`;
}

const button = (result: string, label: string, style = ""): Html =>
  html`<button name="result" value="${result}" class="${style}">${label}</button>`;

const fact = (name: string, value: Html): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function lineItem(item: LineItem, words: Messages, money: (amount: number) => string): Html {
  const { description, quantity, price, amount_total } = item;
  const count = quantity ?? 1;
  const each = count > 1 && html`<small>${count} × ${words.each(money(price.unit_amount ?? 0))}</small>`;
  return html`<li><span>${description}${each}</span><span>${money(amount_total)}</span></li>`;
}

function time(seconds: number, language: Language): Html {
  const at = new Date(seconds * 1000);
  const shown = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(at);
  return html`<time datetime="${at.toISOString()}">${shown}</time>`;
}
