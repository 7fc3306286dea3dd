import { z } from "zod";
import { formatMoney } from "../../core/format";
import type { Locale } from "../../core/locale";
import { ActionButton, AmountRow, Footnote, Panel, Paragraph, Title } from "../components";
import { lineSchema, linkSchema, moneySchema } from "../fields";
import { defineTemplate } from "../template";

const props = z.object({
  buyerName: lineSchema,
  productTitle: lineSchema,
  /** The amount of this refund. */
  amount: moneySchema,
  /** Whether everything paid is refunded now: the downloads and codes then stop working. */
  whole: z.boolean(),
  /** Whether the bonuses that paid a part of the order returned too. */
  bonusesReturned: z.boolean().optional(),
  /** The order's page. */
  orderLink: linkSchema,
});

const texts = {
  ru: {
    subject: (amount: string, title: string) => `Возврат ${amount}: ${title}`,
    title: "Деньги возвращаются",
    hello: (name: string) => `${name}, мы оформили возврат тем же способом, которым вы платили.`,
    whole: "Мы вернули всю сумму, поэтому ссылки и коды из заказа больше не работают.",
    bonuses: "Бонусы, которыми вы оплатили часть заказа, снова на вашем счёте.",
    part: "Мы вернули часть суммы. Всё купленное остаётся у вас.",
    when: "Срок зависит от банка: обычно деньги приходят за три–десять рабочих дней.",
    action: "Открыть заказ",
  },
  en: {
    subject: (amount: string, title: string) => `Refund of ${amount}: ${title}`,
    title: "Your refund is on its way",
    hello: (name: string) => `${name}, we have sent the refund to your original payment method.`,
    whole: "We refunded the full amount, so the links and codes of this order no longer work.",
    bonuses: "The bonuses that paid part of this order are back on your balance.",
    part: "We refunded part of the amount. What you bought stays yours.",
    when: "Your bank decides how long it takes: usually three to ten working days.",
    action: "Open the order",
  },
} as const satisfies Record<Locale, unknown>;

/** Sent to the buyer when a refund was made. */
export const refund = defineTemplate({
  props,
  subject: ({ amount, productTitle }, { locale }) =>
    texts[locale].subject(formatMoney(amount, locale), productTitle),
  preview: ({ buyerName }, { locale }) => texts[locale].hello(buyerName),
  body({ buyerName, productTitle, amount, whole, bonusesReturned, orderLink }, { locale, link }) {
    const text = texts[locale];
    return (
      <>
        <Title>{text.title}</Title>
        <Paragraph>{text.hello(buyerName)}</Paragraph>
        <Paragraph>{whole ? text.whole : text.part}</Paragraph>
        {bonusesReturned && <Paragraph>{text.bonuses}</Paragraph>}
        <Panel>
          <AmountRow name={productTitle} value={formatMoney(amount, locale)} strong />
        </Panel>
        <ActionButton href={link(orderLink)}>{text.action}</ActionButton>
        <Footnote>{text.when}</Footnote>
      </>
    );
  },
});
