import { z } from "zod";
import type { Locale } from "../core/locale";

/** The kinds of alerts, with what operators read. docs/OPERATIONS.md has a section for each. */
export const alertTitles = {
  task_dead: { ru: "Задача остановлена", en: "A task is dead" },
  payment_mismatch: { ru: "Оплата не сходится", en: "A payment doesn't add up" },
  refund_failed: { ru: "Возврат не прошёл", en: "A refund failed" },
  delivery_failed: { ru: "Покупка не выдана", en: "A purchase was not delivered" },
  minter_funds: { ru: "Нечем платить за выпуск токенов", en: "The minting account is out of funds" },
  minter_fee: {
    ru: "Комиссия сети выше предела для выпуска токенов",
    en: "The network's fee is above the minting limit",
  },
  minter_settings: { ru: "Выпуск токенов настроен неверно", en: "Minting is set up wrongly" },
  minter_stuck: { ru: "Очередь выпуска токенов стоит", en: "The minting account's queue is stuck" },
  quota_used: { ru: "Тариф почти исчерпан", en: "A plan is nearly used up" },
} as const satisfies Record<string, Record<Locale, string>>;

export type AlertKind = keyof typeof alertTitles;

/** Of a notice that an operator sends to see whether it arrives; no alert has it. */
export const ALERT_TEST_KIND = "test";
const testTitle = { ru: "Проверка тревог", en: "A test of the alerts" } as const satisfies Record<
  Locale,
  string
>;

/** @param kind  also one of another version, which has no title */
export function getAlertTitle(kind: string, locale: Locale): string {
  if (kind === ALERT_TEST_KIND) return testTitle[locale];
  return Object.hasOwn(alertTitles, kind) ? alertTitles[kind as AlertKind][locale] : kind;
}

export const alertEventSchema = z.enum(["opened", "resolved"]);

export type AlertEvent = z.infer<typeof alertEventSchema>;

/** What `ALERT_WEBHOOK_URL` gets. Fields may be added. */
export const alertNoticeSchema = z.object({
  event: alertEventSchema,
  /** The alert's: the same for its opening and its end, and when it opens again. */
  id: z.uuid(),
  kind: z.string(),
  title: z.string(),
  /** What it is about: a task's id, or `order:{id}`. */
  subject: z.string(),
  message: z.string(),
  /** When it opened. */
  since: z.iso.datetime(),
  resolvedAt: z.iso.datetime().nullable(),
  /** The console's list of open alerts. */
  link: z.url(),
  /** Where the repository says what to do. */
  runbook: z.string(),
  /** More of this kind are not announced within this hour; the console lists them. */
  isLastOfHour: z.boolean(),
  /** All of it in a line: the field that the incoming webhooks of chat services show. */
  text: z.string(),
});

export type AlertNotice = z.infer<typeof alertNoticeSchema>;
