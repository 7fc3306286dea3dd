import { z } from "zod";
import { formatMoney, formatQuantity } from "../../core/format";
import type { Locale } from "../../core/locale";
import { ActionButton, AmountRow, Panel, Paragraph, Title } from "../components";
import { lineSchema, linkSchema, moneySchema } from "../fields";
import { defineTemplate } from "../template";

const props = z.object({
  creatorName: lineSchema,
  productTitle: lineSchema,
  quantity: z.number().int().min(1),
  /** What the buyer paid with money. */
  amount: moneySchema,
  /** What bonuses paid besides; omitted when none did. */
  bonuses: moneySchema.optional(),
  /** Units left; omitted when the stock is unlimited. */
  stockLeft: z.number().int().min(0).optional(),
  /** The product's page. */
  productLink: linkSchema,
  /** The page where mails about sales are turned off. */
  settingsLink: linkSchema.optional(),
});

const texts = {
  ru: {
    subject: (title: string, amount: string) => `Продажа: ${title}, ${amount}`,
    title: "Новая продажа",
    hello: (name: string) => `${name}, отличная новость: вашу работу купили!`,
    bonuses: "Ещё оплачено бонусами",
    left: "Осталось",
    none: "Это был последний экземпляр. Добавьте ещё, если хотите продавать дальше.",
    action: "Открыть товар",
  },
  en: {
    subject: (title: string, amount: string) => `Sale: ${title}, ${amount}`,
    title: "You made a sale",
    hello: (name: string) => `${name}, good news: someone bought your work!`,
    bonuses: "Also paid with bonuses",
    left: "Left in stock",
    none: "That was the last one. Add more if you want to keep selling.",
    action: "Open the product",
  },
} as const satisfies Record<Locale, unknown>;

/** Sent to the creator when one of their products was bought. */
export const sale = defineTemplate({
  props,
  subject: ({ productTitle, amount }, { locale }) =>
    texts[locale].subject(productTitle, formatMoney(amount, locale)),
  preview: ({ creatorName }, { locale }) => texts[locale].hello(creatorName),
  body({ creatorName, productTitle, quantity, amount, bonuses, stockLeft, productLink }, { locale, link }) {
    const text = texts[locale];
    return (
      <>
        <Title>{text.title}</Title>
        <Paragraph>{text.hello(creatorName)}</Paragraph>
        <Panel>
          <AmountRow
            name={formatQuantity(productTitle, quantity)}
            value={formatMoney(amount, locale)}
            strong
          />
          {bonuses && <AmountRow name={text.bonuses} value={formatMoney(bonuses, locale)} />}
          {stockLeft !== undefined && stockLeft > 0 && (
            <AmountRow name={text.left} value={new Intl.NumberFormat(locale).format(stockLeft)} />
          )}
        </Panel>
        {stockLeft === 0 && (
          <div style={{ paddingTop: 18 }}>
            <Paragraph>{text.none}</Paragraph>
          </div>
        )}
        <ActionButton href={link(productLink)}>{text.action}</ActionButton>
      </>
    );
  },
  settingsLink: ({ settingsLink }) => settingsLink,
});
