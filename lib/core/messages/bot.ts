import type { Locale } from "../locale";

/** Telegram, and the bots of artists with their workflows. */
export const botMessages = {
  telegram_code_invalid: {
    ru: "Код не подходит: он уже использован или устарел. Получите новый в боте командой /link",
    en: "The code does not work: it was used before, or has expired. Get a new one in the bot with /link",
  },
  telegram_not_linked: {
    ru: "Сначала свяжите Telegram на странице «Устройства»",
    en: "Link Telegram on the devices page first",
  },
  telegram_unavailable: {
    ru: "Telegram сейчас не отвечает, попробуйте чуть позже",
    en: "Telegram does not answer right now, try again a little later",
  },

  bot_not_found: { ru: "Такого бота нет", en: "There is no such bot" },
  bot_token_invalid: {
    ru: "Telegram не знает такого токена. Возьмите его у BotFather целиком",
    en: "Telegram does not know this token. Copy all of it from BotFather",
  },
  bot_of_another_owner: {
    ru: "Этот бот уже добавлен другим владельцем",
    en: "Another owner has added this bot already",
  },
  bot_being_deleted: {
    ru: "Этот бот ещё удаляется. Попробуйте позже",
    en: "This bot is still being deleted. Try again later",
  },
  bot_paused: {
    ru: "Бот приостановлен. Сначала включите его",
    en: "The bot is paused. Start it first",
  },
  too_many_bots: {
    ru: "У вас уже три бота. Удалите ненужного",
    en: "You have three bots already. Delete one that you do not need",
  },

  workflow_not_found: { ru: "Такого сценария нет", en: "There is no such workflow" },
  workflow_exists: {
    ru: "Сценарий с таким именем уже есть",
    en: "There is a workflow with this name already",
  },
  workflow_published: {
    ru: "Этот сценарий уже публиковали, поэтому он останется: по нему идут люди",
    en: "This workflow was published, so it stays: people are on their way through it",
  },
  too_many_workflows: {
    ru: "В боте уже 50 сценариев. Удалите ненужные",
    en: "The bot has 50 workflows already. Delete those you do not need",
  },
  too_many_versions: {
    ru: "У этого сценария уже тысяча версий. Начните новый",
    en: "This workflow has a thousand versions already. Begin a new one",
  },
  version_not_found: { ru: "Такой версии нет", en: "There is no such version" },
  draft_not_found: { ru: "Черновика нет", en: "There is no draft" },
  draft_changed: {
    ru: "Черновик изменили в другом окне. Загрузите его снова",
    en: "The draft was changed in another window. Load it again",
  },
  draft_exists: {
    ru: "У этих сценариев есть черновики. Разрешите их заменить",
    en: "These workflows have drafts. Allow them to be replaced",
  },
  published_changed: {
    ru: "За это время опубликована другая версия. Сравните с ней",
    en: "Another version was published meanwhile. Compare with that",
  },
  command_taken: {
    ru: "Эта команда уже у другого сценария",
    en: "Another workflow has this command already",
  },
  definition_problems: {
    ru: "В сценарии есть ошибки, поэтому он не опубликован",
    en: "The workflow has problems, so it was not published",
  },

  test_person_missing: {
    ru: "Проверять не на ком: сначала напишите боту в Telegram",
    en: "No Telegram user to test with: write to the bot in Telegram first",
  },
  too_many_tests: {
    ru: "Слишком много проверок ждут ответа. Ответьте на них или отмените",
    en: "Too many test runs wait for an answer. Answer or cancel them",
  },
  document_too_large: {
    ru: "Все сценарии вместе больше 4 МБ. Скачайте их по одному",
    en: "All workflows together are larger than 4 MB. Export them one by one",
  },
  document_key_twice: {
    ru: "Сценарий с таким именем в файле дважды",
    en: "The file has a workflow with this name twice",
  },
  import_problems: {
    ru: "В сценариях есть ошибки, поэтому ничего не загружено",
    en: "The workflows have problems, so nothing was imported",
  },

  execution_not_found: { ru: "Такого прохождения нет", en: "There is no such execution" },
  execution_changed: {
    ru: "Человек уже пошёл дальше. Посмотрите, где он теперь",
    en: "The person has gone on meanwhile. Look where they are now",
  },
  execution_finished: {
    ru: "Это прохождение уже закончено",
    en: "This execution is finished already",
  },
  execution_would_fail: {
    ru: "Отсюда дальше не пройти: будет та же ошибка. Переместите на другую версию или узел",
    en: "From here it would fail again. Move it to another version or node",
  },
  another_execution_waits: {
    ru: "Человек уже проходит этот сценарий заново. Сначала отмените то прохождение",
    en: "The person is in this workflow again. Cancel that execution first",
  },
  node_not_found: {
    ru: "В этой версии нет такого узла",
    en: "This version has no such node",
  },
  node_required: {
    ru: "Прохождение сейчас в другом сценарии, поэтому укажите узел",
    en: "The execution is in another workflow right now, so name the node",
  },
} as const satisfies Record<string, Record<Locale, string>>;
