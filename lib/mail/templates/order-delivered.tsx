import { z } from "zod";
import { formatMoney, formatQuantity } from "../../core/format";
import type { Locale } from "../../core/locale";
import { ProductKind } from "../../schemas/enums";
import { ActionButton, AmountRow, Code, Footnote, Panel, Paragraph, PlainLink, Title } from "../components";
import { lineSchema, linkSchema, moneySchema } from "../fields";
import { light } from "../palette";
import { defineTemplate } from "../template";

const props = z.object({
  buyerName: lineSchema,
  /** The order's page. */
  orderLink: linkSchema,
  product: z.object({
    title: lineSchema,
    kind: z.enum(ProductKind),
    quantity: z.number().int().min(1),
  }),
  total: moneySchema,
  /** What bonuses paid of it, and what was left to pay with money; omitted when no bonuses were used. */
  bonuses: z.object({ paid: moneySchema, rest: moneySchema }).optional(),
  /** The deliveries: links to download, codes to show or type in; either or both. */
  downloads: z.array(z.object({ name: lineSchema, link: linkSchema })).max(50),
  codes: z.array(lineSchema).max(50),
});

type Kind = z.output<typeof props>["product"]["kind"];

const texts = {
  ru: {
    subject: (title: string) => `Ваша покупка: ${title}`,
    title: "Ваша покупка готова",
    hello: (name: string) => `${name}, спасибо за покупку! Всё, что вы оплатили, — в этом письме.`,
    codes: {
      track: ["Код", "Коды"],
      licence: ["Код лицензии", "Коды лицензий"],
      ticket: [
        "Код билета: покажите его на входе",
        "Коды билетов: покажите их на входе, каждый действует один раз",
      ],
    } satisfies Record<Kind, readonly [one: string, several: string]>,
    bonuses: "Оплачено бонусами",
    rest: "Оплачено деньгами",
    downloads: "Скачать",
    action: "Открыть заказ",
    keep: "Если письмо потеряется, всё есть на странице заказа:",
  },
  en: {
    subject: (title: string) => `Your purchase: ${title}`,
    title: "Your purchase is ready",
    hello: (name: string) => `${name}, thank you for your purchase! Here is everything you paid for.`,
    codes: {
      track: ["Code", "Codes"],
      licence: ["Licence code", "Licence codes"],
      ticket: [
        "Ticket code: show it at the entrance",
        "Ticket codes: show them at the entrance, each works once",
      ],
    } satisfies Record<Kind, readonly [one: string, several: string]>,
    bonuses: "Paid with bonuses",
    rest: "Paid with money",
    downloads: "Download",
    action: "Open the order",
    keep: "If you lose this email, you will find everything on the order's page:",
  },
} as const satisfies Record<Locale, unknown>;

/** Sent to the buyer when an order was delivered. */
export const orderDelivered = defineTemplate({
  props,
  subject: ({ product }, { locale }) => texts[locale].subject(product.title),
  preview: ({ total, product }, { locale }) =>
    `${texts[locale].title}: ${product.title} · ${formatMoney(total, locale)}`,
  body({ buyerName, orderLink, product, total, bonuses, downloads, codes }, { locale, link }) {
    const text = texts[locale];
    return (
      <>
        <Title>{text.title}</Title>
        <Paragraph>{text.hello(buyerName)}</Paragraph>
        <Panel>
          <AmountRow
            name={formatQuantity(product.title, product.quantity)}
            value={formatMoney(total, locale)}
            strong
          />
          {bonuses && (
            <>
              <AmountRow name={text.bonuses} value={`−${formatMoney(bonuses.paid, locale)}`} />
              <AmountRow name={text.rest} value={formatMoney(bonuses.rest, locale)} />
            </>
          )}
          {codes.length > 0 && <Footnote>{text.codes[product.kind][codes.length === 1 ? 0 : 1]}</Footnote>}
          {codes.map((code) => (
            <Code key={code}>{code}</Code>
          ))}
          {downloads.length > 0 && <Footnote>{text.downloads}</Footnote>}
          {downloads.map((download) => (
            <Paragraph key={download.link}>
              <a className="nd-ink" href={link(download.link)} style={{ color: light.ink, fontWeight: 600 }}>
                {download.name}
              </a>
            </Paragraph>
          ))}
        </Panel>
        <ActionButton href={link(orderLink)}>{text.action}</ActionButton>
        <Footnote>
          {text.keep} <PlainLink href={link(orderLink)} />
        </Footnote>
      </>
    );
  },
});
