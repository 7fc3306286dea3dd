import type { Locale } from "../locale";

/** What administrators do: roles and blocks, tasks and queues, caches, views and Redis. */
export const operatorMessages = {
  own_role: { ru: "Свою роль сменить нельзя", en: "You cannot change your own role" },
  last_administrator: {
    ru: "Это последний администратор",
    en: "This is the last administrator",
  },
  block_administrator: {
    ru: "Администратора нельзя заблокировать: сначала смените роль",
    en: "An administrator cannot be blocked: change the role first",
  },
  blocked_administrator: {
    ru: "Заблокированный аккаунт не может стать администратором",
    en: "A blocked account cannot become an administrator",
  },
  operator_unknown: {
    ru: "Укажите почту администратора: --as",
    en: "Name an administrator by e-mail: --as",
  },

  queue_not_available: {
    ru: "Эта очередь ещё не принимает задачи",
    en: "This queue does not take tasks yet",
  },
  queue_not_pausable: {
    ru: "Сообщения этой очереди нигде не хранятся, её нельзя приостановить",
    en: "The messages of this queue are kept in no table, so it cannot be paused",
  },
  unknown_queue: { ru: "Такой очереди нет", en: "There is no such queue" },
  task_not_found: { ru: "Такой задачи нет", en: "There is no such task" },
  task_not_cancellable: { ru: "Эту задачу нельзя отменить", en: "This task cannot be called off" },
  task_payload_personal: {
    ru: "Данные писем и уведомлений изменить нельзя",
    en: "The payload of mails and notifications cannot be edited",
  },
  task_not_dead: { ru: "Задача ещё не остановлена", en: "The task is not dead" },
  task_finished: { ru: "Задача уже завершена", en: "The task is finished already" },

  unknown_namespace: { ru: "Такого кеша нет", en: "There is no such cache" },
  sync_unavailable: {
    ru: "Redis не отвечает, синхронизировать нечего",
    en: "Redis does not answer, so there is nothing to synchronize from",
  },
  redis_not_empty: {
    ru: "Redis не пуст: восстановить можно только в пустую базу",
    en: "Redis is not empty: a backup is restored into an empty database only",
  },
} as const satisfies Record<string, Record<Locale, string>>;
