import type { Locale } from "../locale";

/** Products, orders, deliveries and bonuses. */
export const shopMessages = {
  product_not_found: { ru: "Такого товара нет", en: "There is no such product" },
  product_archived: { ru: "Этот товар больше не продаётся", en: "This product is no longer for sale" },
  product_not_ready: {
    ru: "Этот трек ещё обрабатывается, купить его можно будет чуть позже",
    en: "This track is still being processed, it can be bought a little later",
  },
  sold_out: { ru: "Столько уже не осталось", en: "There are not that many left" },
  own_product: { ru: "Свой товар купить нельзя", en: "You cannot buy what you sell yourself" },
  artists_only: { ru: "Продавать могут только артисты", en: "Only artists can sell" },

  order_not_found: { ru: "Такого заказа нет", en: "There is no such order" },
  order_too_large: {
    ru: "Один платёж не может быть таким большим, закажите меньше",
    en: "One payment cannot be that large, order fewer",
  },
  order_key_reused: {
    ru: "С этим ключом уже оформлен другой заказ",
    en: "This key belongs to another order already",
  },
  order_not_paid: { ru: "Этот заказ не оплачен", en: "This order has not been paid" },
  order_refunded: { ru: "Все деньги уже возвращены", en: "All of the money has gone back already" },
  refund_too_large: { ru: "Осталось вернуть меньше", en: "Less than that is left to give back" },
  payments_unavailable: {
    ru: "Оплата сейчас не работает, деньги не списаны. Попробуйте чуть позже",
    en: "Payments do not work right now, and nothing was charged. Try again a little later",
  },

  delivery_not_found: { ru: "Такой покупки нет", en: "There is no such purchase" },
  delivery_revoked: {
    ru: "Деньги за эту покупку возвращены, она больше не действует",
    en: "This purchase was refunded and is no longer valid",
  },
  delivery_file_missing: {
    ru: "Файл этой покупки сейчас недоступен. Напишите продавцу",
    en: "The file of this purchase is not available right now. Write to the seller",
  },
  ticket_used: { ru: "По этому билету уже прошли", en: "This ticket has been used already" },

  not_enough_bonuses: { ru: "Столько бонусов нет", en: "There are not that many bonuses" },
  too_many_bonuses: {
    ru: "Столько бонусами оплатить нельзя",
    en: "Bonuses cannot pay that much of it",
  },
} as const satisfies Record<string, Record<Locale, string>>;
