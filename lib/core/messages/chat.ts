import type { Locale } from "../locale";

/** Chats and their messages, blocks between people, and reports. */
export const chatMessages = {
  chat_not_found: { ru: "Такого чата нет", en: "There is no such chat" },
  chat_full: {
    ru: "В чате уже 200 человек, больше не поместится",
    en: "The chat is full: 200 people are in it",
  },
  direct_chat: { ru: "В личной переписке это невозможно", en: "A conversation of two has no such thing" },
  own_chat: { ru: "Нельзя начать переписку с собой", en: "You cannot start a conversation with yourself" },
  remove_oneself: {
    ru: "Себя убрать нельзя, но из группы можно выйти",
    en: "You cannot remove yourself, but you can leave the group",
  },
  removed_from_group: {
    ru: "Вас убрали из этой группы. Вернуть может только её владелец",
    en: "You were removed from this group. Only its owner can bring you back",
  },
  removed_by_owner: {
    ru: "Этого человека убрали из группы. Вернуть его может только владелец",
    en: "This person was removed from the group. Only the owner can bring them back",
  },

  message_not_found: { ru: "Такого сообщения нет", en: "There is no such message" },
  message_empty: { ru: "Сообщение не может быть пустым", en: "A message cannot be empty" },
  too_many_line_breaks: { ru: "Слишком много строк", en: "There are too many lines" },
  too_many_reactions: {
    ru: "На сообщении уже 20 разных эмодзи",
    en: "The message has 20 different emoji already",
  },
  too_many_pinned: {
    ru: "Закреплено уже 50 сообщений, сначала открепите какое-нибудь",
    en: "50 messages are pinned already, unpin one first",
  },
  client_id_taken: {
    ru: "Под этим clientId уже отправлено другое сообщение",
    en: "Another message was sent with this clientId already",
  },
  file_not_yours: {
    ru: "Файл не ваш или уже прикреплён к другому сообщению",
    en: "A file is not yours, or is on another message already",
  },

  block_oneself: { ru: "Себя заблокировать нельзя", en: "You cannot block yourself" },
  too_many_blocks: {
    ru: "Заблокировано уже 500 человек. Сначала разблокируйте кого-нибудь",
    en: "You have blocked 500 people. Unblock one first",
  },
  report_own: { ru: "На своё пожаловаться нельзя", en: "You cannot report what is your own" },
  too_many_reports: {
    ru: "У вас уже 100 нерассмотренных жалоб. Подождите, пока мы их разберём",
    en: "100 of your reports are still open. Wait until we have looked at them",
  },
} as const satisfies Record<string, Record<Locale, string>>;
