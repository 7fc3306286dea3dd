import type { Locale } from "../locale";

/** Tokens of posts. */
export const mintingMessages = {
  minting_not_available: {
    ru: "Выпуск токенов здесь не настроен",
    en: "Minting is not set up here",
  },
  minting_unavailable: {
    ru: "Сеть сейчас не отвечает. Попробуйте чуть позже: пока ничего не выпущено",
    en: "The network does not answer right now. Try again a little later: nothing was minted",
  },
  mint_not_yours: {
    ru: "Выпустить токен может только автор трека",
    en: "Only the artist can mint this track",
  },
  already_minted: {
    ru: "Этот трек уже выпущен или выпускается",
    en: "This track is minted already, or is being minted",
  },
  too_many_mints: {
    ru: "На сегодня выпусков достаточно. Попробуйте завтра",
    en: "Enough tracks were minted for one day. Try again tomorrow",
  },
  mint_sound_not_ready: {
    ru: "Звук трека ещё не готов. Дождитесь, пока он заиграет, или загрузите другой",
    en: "The track's sound is not ready. Wait until it plays, or upload another one",
  },
  mint_cover_not_ready: {
    ru: "Обложка трека ещё обрабатывается. Подождите немного",
    en: "The track's cover is being processed. Wait a moment",
  },
  post_minted: {
    ru: "У поста есть токен, который показывает его звук: удалить пост нельзя, но его можно убрать из списков",
    en: "The post has a token that shows its sound: it cannot be deleted, but it can be unlisted",
  },

  mint_address_invalid: {
    ru: "Это не адрес, или в нём опечатка: не сходится контрольная сумма",
    en: "This is not an address, or it has a typo: its checksum is wrong",
  },
  mint_address_zero: {
    ru: "У нулевого адреса нет владельца",
    en: "The zero address has no owner",
  },
  mint_address_contract: {
    ru: "По этому адресу контракт. Укажите адрес, ключ от которого есть у вас",
    en: "This is the address of a contract. Use an address whose key you have",
  },
  mint_message_invalid: {
    ru: "Это не то сообщение, которое нужно подписать. Запросите новое",
    en: "This is not the message to sign. Ask for a new one",
  },
  mint_message_foreign: {
    ru: "Сообщение устарело, или оно для другого трека. Запросите новое",
    en: "The message has expired, or it is for another track. Ask for a new one",
  },
  mint_address_not_proved: {
    ru: "Это подписал другой адрес",
    en: "Another address signed this",
  },
} as const satisfies Record<string, Record<Locale, string>>;
