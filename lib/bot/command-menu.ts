import type { Locale } from "../core/locale";

/** What Telegram shows beside the commands of the ready workflows. */
const descriptions: Readonly<Record<string, Record<Locale, string>>> = {
  start: { ru: "Меню", en: "Menu" },
  history: { ru: "Покупки", en: "Purchases" },
  referral: { ru: "Пригласить друзей", en: "Invite friends" },
  spend: { ru: "Потратить бонусы", en: "Spend bonuses" },
  notifications: { ru: "Уведомления", en: "Notifications" },
  link: { ru: "Связать с аккаунтом", en: "Link your account" },
};

/** The menu of a bot's own commands; one that is not of a ready workflow is described by its name. */
export function commandMenu(
  commands: readonly string[],
  language: Locale,
): { command: string; description: string }[] {
  return commands.map((command) => ({
    command,
    description: (Object.hasOwn(descriptions, command) && descriptions[command]?.[language]) || command,
  }));
}
