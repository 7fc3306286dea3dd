import { newId } from "@/lib/core/ids";
import type { Mail, TemplateName } from "@/lib/mail";

/** Props for each template, as its sender passes them. A template without an entry does not compile. */
export const mailProps: { [Name in TemplateName]: Extract<Mail, { template: Name }>["props"] } = {
  "order-delivered": {
    buyerName: "Мира Ким",
    orderLink: "/orders/0199a5f2",
    product: { title: "Night on the roof", kind: "ticket", quantity: 2 },
    total: { amountMinor: 258_150, currency: "RUB" },
    bonuses: {
      paid: { amountMinor: 58_150, currency: "RUB" },
      rest: { amountMinor: 200_000, currency: "RUB" },
    },
    downloads: [{ name: "Midnight Express.wav", link: "/api/downloads/secret" }],
    codes: ["ND-7F3K-91QD", "ND-7F3K-91QE"],
  },
  sale: {
    creatorName: "Артём",
    productTitle: "Midnight Express",
    quantity: 3,
    amount: { amountMinor: 1_290, currency: "USD" },
    bonuses: { amountMinor: 90, currency: "USD" },
    stockLeft: 7,
    productLink: "/shop/0199a5f2",
    settingsLink: "/me/mail",
  },
  refund: {
    buyerName: "Мира",
    productTitle: "Night on the roof",
    amount: { amountMinor: 5_000, currency: "JPY" },
    whole: true,
    bonusesReturned: true,
    orderLink: "/orders/0199a5f2",
  },
  notification: {
    title: "DJ Соль ответила",
    message: "First line\nsecond line\n\nnext paragraph",
    link: "/chat/0199a5f2",
    settingsLink: "/me/mail",
  },
  plain: { subject: "Про среду", body: "Hello!\n\nNothing to click here." },
  "confirm-address": { name: "Мира", confirmLink: "/confirm?token=a1b2", hoursValid: 24 },
  "reset-password": { name: "Мира", resetLink: "/reset?token=a1b2", minutesValid: 30 },
  "account-notice": { name: "Мира", notice: "password_changed" },
  "account-deleted": { name: "Мира" },
  alert: {
    event: "opened",
    kind: "payment_mismatch",
    subject: "order:0199a5f2",
    message: "the provider took 500 RUB, the order is 1000 RUB",
    since: "2026-11-30T02:00:00.000Z",
    isLastOfHour: true,
    consoleLink: "/admin/alerts",
  },
};

/** The main link of each template; null for the template without one. */
export const mainLinks: Record<TemplateName, string | null> = {
  "order-delivered": "/orders/0199a5f2",
  sale: "/shop/0199a5f2",
  refund: "/orders/0199a5f2",
  notification: "/chat/0199a5f2",
  plain: null,
  "confirm-address": "/confirm?token=a1b2",
  "reset-password": "/reset?token=a1b2",
  "account-notice": "/forgot-password",
  "account-deleted": "/",
  alert: "/admin/alerts",
};

/** An address that no other test uses. */
export function newMailAddress(): string {
  return `p-${newId()}@normaldance.test`;
}

export function createTestMail<Name extends TemplateName>(
  template: Name,
  overrides: Partial<Mail> = {},
): Mail {
  const mail = {
    to: newMailAddress(),
    locale: "en",
    idempotencyKey: newId(),
    template,
    props: mailProps[template],
    ...overrides,
  };
  return mail as Mail;
}
