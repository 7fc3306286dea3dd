import { z } from "zod";
import type { Locale } from "../../core/locale";
import { ActionButton, AmountRow, Footnote, Panel, Paragraph, Title } from "../components";
import { lineSchema, linkSchema, moneySchema } from "../fields";
import { formatMoney } from "../format";
import { defineTemplate } from "../template";

const props = z.object({
  buyerName: lineSchema,
  productTitle: lineSchema,
  /** What goes back with this refund. */
  amount: moneySchema,
  /** Whether it is all that was paid: the download or the code then stops working. */
  whole: z.boolean(),
  /** The order's page. */
  orderLink: linkSchema,
});

const texts = {
  ru: {
    subject: (amount: string, title: string) => `Возврат ${amount}: ${title}`,
    title: "Деньги возвращаются",
    hello: (name: string) => `${name}, мы отправили возврат туда, откуда вы платили.`,
    whole: "Заказ возвращён целиком, поэтому ссылки и коды из него больше не работают.",
    part: "Возвращена часть суммы. То, что вы купили, остаётся у вас.",
    when: "Когда деньги придут, решает банк: обычно это от трёх до десяти рабочих дней.",
    action: "Открыть заказ",
  },
  en: {
    subject: (amount: string, title: string) => `Refund of ${amount}: ${title}`,
    title: "Your money is on its way back",
    hello: (name: string) => `${name}, we sent the refund to where you paid from.`,
    whole: "The whole order was refunded, so its links and codes no longer work.",
    part: "A part of the amount was refunded. What you bought stays yours.",
    when: "When it arrives is up to the bank: usually within three to ten working days.",
    action: "Open the order",
  },
} as const satisfies Record<Locale, unknown>;

/** To the buyer, when a refund was made. */
export const refund = defineTemplate({
  props,
  subject: ({ amount, productTitle }, { locale }) =>
    texts[locale].subject(formatMoney(amount, locale), productTitle),
  preview: ({ buyerName }, { locale }) => texts[locale].hello(buyerName),
  body({ buyerName, productTitle, amount, whole, orderLink }, { locale, link }) {
    const text = texts[locale];
    return (
      <>
        <Title>{text.title}</Title>
        <Paragraph>{text.hello(buyerName)}</Paragraph>
        <Paragraph>{whole ? text.whole : text.part}</Paragraph>
        <Panel>
          <AmountRow name={productTitle} value={formatMoney(amount, locale)} strong />
        </Panel>
        <ActionButton href={link(orderLink)}>{text.action}</ActionButton>
        <Footnote>{text.when}</Footnote>
      </>
    );
  },
});
