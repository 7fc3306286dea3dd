import type { Locale } from "./locale";

/** The API's texts for users, in both languages. Texts of pages are next to the pages. */
const messages = {
  // One per error code.
  bad_request: { ru: "Запрос составлен неверно", en: "The request is not valid" },
  unauthenticated: { ru: "Войдите, чтобы продолжить", en: "Sign in to continue" },
  fresh_sign_in_required: {
    ru: "Для этого нужно ещё раз ввести пароль",
    en: "Please give your password again for this",
  },
  forbidden: { ru: "Недостаточно прав", en: "You are not allowed to do this" },
  address_not_confirmed: {
    ru: "Сначала подтвердите адрес почты: письмо со ссылкой уже у вас",
    en: "Confirm your address first: the mail with the link is in your inbox",
  },
  cannot_write: { ru: "Этому человеку нельзя написать", en: "You cannot write to this person" },
  not_found: { ru: "Не найдено", en: "Not found" },
  method_not_allowed: { ru: "Метод не поддерживается", en: "This method is not supported" },
  conflict: { ru: "Данные изменились, попробуйте ещё раз", en: "Something changed meanwhile, try again" },
  payload_too_large: { ru: "Слишком большой запрос", en: "The request is too large" },
  unsupported_media_type: { ru: "Ожидается application/json", en: "Expected application/json" },
  rate_limited: { ru: "Слишком много запросов, подождите немного", en: "Too many requests, wait a little" },
  internal: { ru: "Что-то сломалось у нас. Мы уже знаем", en: "Something broke on our side" },
  not_available: { ru: "Это ещё не готово", en: "This is not available yet" },
  unavailable: {
    ru: "Сервис временно недоступен, попробуйте позже",
    en: "Temporarily unavailable, try again soon",
  },
  // Links of an error's page.
  page_home: { ru: "На главную", en: "To the home page" },
  page_sign_in: { ru: "Войти", en: "Sign in" },
  // More specific texts.
  malformed_json: { ru: "Тело запроса — не JSON", en: "The body is not JSON" },
  foreign_origin: {
    ru: "Этот запрос отправлен с другого сайта, поэтому он отклонён",
    en: "Another site sent this request, so it was refused",
  },
  track_not_ready: { ru: "Здесь пока нечего слушать", en: "There is nothing to play here yet" },
  post_not_found: { ru: "Такого поста нет", en: "There is no such post" },
  email_taken: { ru: "Этот адрес уже зарегистрирован", en: "This address is already registered" },
  handle_taken: { ru: "Этот адрес уже занят", en: "This address is taken" },
  handle_reserved: { ru: "Этот адрес занят сайтом", en: "The site needs this address itself" },
  handle_invalid: {
    ru: "Только латинские буквы, цифры и дефисы между ними",
    en: "Only Latin letters, digits, and hyphens between them",
  },
  password_common: {
    ru: "Этот пароль пробуют первым: он слишком распространённый. Придумайте другой",
    en: "This password is among the first to be tried. Choose another one",
  },
  wrong_password: { ru: "Неверный пароль", en: "The password is wrong" },
  same_password: { ru: "Это ваш нынешний пароль", en: "This is your present password" },
  same_address: { ru: "Это и так ваш адрес", en: "This is your address already" },
  address_already_confirmed: { ru: "Адрес уже подтверждён", en: "The address is confirmed already" },
  link_invalid: {
    ru: "Ссылка уже не работает: её открыли раньше, срок вышел или пришла более новая",
    en: "This link no longer works: it was used, its time is over, or there is a newer one",
  },
  too_many_mails: {
    ru: "Писем за последний час было достаточно. Проверьте «Спам» или попробуйте позже",
    en: "Enough mails within the hour. Look into your spam folder, or try again later",
  },
  reset_mail_sent: {
    ru: "Если такой аккаунт есть, письмо со ссылкой уже в пути",
    en: "If there is such an account, a mail with a link is on its way",
  },
  confirm_mail_sent: { ru: "Письмо со ссылкой в пути", en: "A mail with a link is on its way" },
  address_mail_sent: {
    ru: "Письмо на новый адрес в пути. Адрес сменится, когда вы откроете ссылку из него",
    en: "A mail to the new address is on its way. The address changes when you open its link",
  },
  address_confirmed: { ru: "Адрес подтверждён", en: "The address is confirmed" },
  address_changed: { ru: "Теперь это ваш адрес", en: "This is your address now" },
  password_changed: {
    ru: "Пароль сменён, на других устройствах вы вышли",
    en: "The password is changed, and your other devices are signed out",
  },
  password_reset: {
    ru: "Пароль сменён, вы вышли везде. Войдите с новым",
    en: "The password is changed and you are signed out everywhere. Sign in with the new one",
  },
  person_not_found: { ru: "Такого человека нет", en: "There is no such person" },
  own_role: { ru: "Свою роль сменить нельзя", en: "You cannot change your own role" },
  last_administrator: {
    ru: "Это последний администратор",
    en: "This is the last administrator",
  },
  account_deleted: {
    ru: "Аккаунт удалён. Письмо об этом в пути",
    en: "The account is deleted. A mail that says so is on its way",
  },
  deletion_order_pending: {
    ru: "Заказ ещё не оплачен и не отменён. Завершите его или подождите: без оплаты он закроется сам за 40 минут",
    en: "An order is neither paid nor given up. Finish it, or wait: unpaid, it closes by itself within 40 minutes",
  },
  deletion_order_paid: {
    ru: "Заказ оплачен, но ещё не передан покупателю. Это займёт пару минут",
    en: "An order is paid and not handed over yet. It takes a few minutes",
  },
  deletion_order_refunding: {
    ru: "Деньги за заказ сейчас возвращаются. Дождитесь конца возврата",
    en: "The money of an order is on its way back. Wait until the refund is done",
  },
  wrong_credentials: { ru: "Неверный адрес или пароль", en: "Wrong address or password" },
  unknown_referral_code: { ru: "Такого кода приглашения нет", en: "There is no such referral code" },
  queue_not_available: {
    ru: "Эта очередь ещё не принимает задачи",
    en: "This queue does not take tasks yet",
  },
  queue_not_pausable: {
    ru: "Сообщения этой очереди нигде не хранятся, её нельзя приостановить",
    en: "The messages of this queue are kept in no table, so it cannot be paused",
  },
  task_not_found: { ru: "Такой задачи нет", en: "There is no such task" },
  task_not_cancellable: { ru: "Эту задачу нельзя отменить", en: "This task cannot be called off" },
  task_payload_personal: {
    ru: "Данные писем и уведомлений изменить нельзя",
    en: "The payload of mails and notifications cannot be edited",
  },
  task_not_dead: { ru: "Задача ещё не остановлена", en: "The task is not dead" },
  task_finished: { ru: "Задача уже завершена", en: "The task is finished already" },
  unknown_queue: { ru: "Такой очереди нет", en: "There is no such queue" },
  bad_signature: { ru: "Подпись неверна", en: "The signature is not valid" },
  bad_cron_secret: { ru: "Нужен секрет расписания", en: "The cron secret is missing or wrong" },
  account_blocked: {
    ru: "Этот аккаунт заблокирован. Напишите в поддержку, если считаете это ошибкой",
    en: "This account is blocked. Write to support if you think that is a mistake",
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
  redis_not_empty: {
    ru: "Redis не пуст: восстановить можно только в пустую базу",
    en: "Redis is not empty: a backup is restored into an empty database only",
  },
  unknown_namespace: { ru: "Такого кеша нет", en: "There is no such cache" },
  bad_metrics_token: { ru: "Нужен ключ метрик", en: "The metrics token is missing or wrong" },
  sync_unavailable: {
    ru: "Redis не отвечает, синхронизировать нечего",
    en: "Redis does not answer, so there is nothing to synchronize from",
  },
  locked: {
    ru: "Это сейчас делает кто-то другой, попробуйте чуть позже",
    en: "Somebody else is doing this right now, try again in a moment",
  },
  product_not_found: { ru: "Такого товара нет", en: "There is no such product" },
  product_archived: { ru: "Этот товар больше не продаётся", en: "This product is no longer for sale" },
  sold_out: { ru: "Столько уже не осталось", en: "There are not that many left" },
  own_product: { ru: "Свой товар купить нельзя", en: "You cannot buy what you sell yourself" },
  artists_only: { ru: "Продавать могут только артисты", en: "Only artists can sell" },
  order_too_large: {
    ru: "Один платёж не может быть таким большим, закажите меньше",
    en: "One payment cannot be that large, order fewer",
  },
  too_many_bonuses: {
    ru: "Столько бонусами оплатить нельзя",
    en: "Bonuses cannot pay that much of it",
  },
  order_not_found: { ru: "Такого заказа нет", en: "There is no such order" },
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
  idempotency_key_reused: {
    ru: "С этим ключом уже был другой запрос",
    en: "This key was used for another request",
  },
  body_broken_off: { ru: "Тело запроса пришло не целиком", en: "The body broke off" },
  file_not_found: { ru: "Такого файла нет", en: "There is no such file" },
  file_empty: { ru: "Файл пустой", en: "The file is empty" },
  file_too_large: { ru: "Файл больше 4 МБ", en: "The file is larger than 4 MB" },
  file_name_invalid: {
    ru: "Имя файла передано неверно: нужен заголовок x-file-name в кодировке URL",
    en: "The file's name is not valid: x-file-name carries it, encoded as in a URL",
  },
  file_type_refused: {
    ru: "Такие файлы не принимаются. Можно картинки, звук, PDF и простой текст",
    en: "Files of this type are not taken. Pictures, sounds, PDF and plain text are",
  },
  picture_unreadable: { ru: "Эта картинка повреждена", en: "This picture is damaged" },
  picture_too_large: {
    ru: "В этой картинке слишком много пикселей",
    en: "This picture has too many pixels",
  },
  too_many_files: {
    ru: "У вас уже 200 файлов. Удалите сообщения с ненужными: на другой день место освободится",
    en: "You have 200 files already. Delete messages with those you do not need: a day later there is room",
  },
  files_full: {
    ru: "Ваши файлы занимают 200 МБ. Удалите сообщения с ненужными: на другой день место освободится",
    en: "Your files take 200 MB. Delete messages with those you do not need: a day later there is room",
  },
  product_not_ready: {
    ru: "Этот трек ещё обрабатывается, купить его можно будет чуть позже",
    en: "This track is still being processed, it can be bought a little later",
  },
  sound_not_available: {
    ru: "Звук здесь пока не принимается: его нечем обработать или негде хранить",
    en: "Sound is not taken here yet: nothing can process or keep it",
  },
  sound_too_large_here: {
    ru: "Такой большой файл этот сайт не обработает. Сохраните его во FLAC: звук тот же, а места вдвое меньше",
    en: "This site cannot process a file of this size. Save it as FLAC: the same sound in half the space",
  },
  covers_not_available: {
    ru: "Обложки здесь не принимаются: открытое хранилище не настроено",
    en: "Covers are not taken here: no public store is set up",
  },
  too_many_uploads: {
    ru: "У вас уже 500 загруженных файлов. Удалите ненужные",
    en: "You have uploaded 500 files already. Delete those you do not need",
  },
  uploads_full: {
    ru: "Ваши загрузки занимают 10 ГБ. Удалите ненужные",
    en: "Your uploads take 10 GB. Delete those you do not need",
  },
  upload_not_finished: {
    ru: "Файл ещё не загружен до конца",
    en: "The file has not arrived in full yet",
  },
  upload_in_use: {
    ru: "Этот файл нужен посту, товару или вашей странице, поэтому он останется",
    en: "A post, a product or your page needs this file, so it stays",
  },
  upload_wrong_purpose: {
    ru: "Этот файл загружен для другого",
    en: "This file was uploaded for something else",
  },
  upload_unusable: {
    ru: "Этот файл не загружен до конца или не принят",
    en: "This file has not arrived in full, or was refused",
  },
  sound_already_posted: {
    ru: "Этот трек уже есть в другом вашем посте",
    en: "This track is in another post of yours already",
  },
  track_not_failed: {
    ru: "Заменить можно только трек, который не удалось обработать",
    en: "Only a track that could not be processed can be replaced",
  },
  files_unavailable: {
    ru: "Хранилище файлов сейчас не отвечает, попробуйте чуть позже",
    en: "The store of files does not answer right now, try again a little later",
  },
  files_not_configured: {
    ru: "Файлы здесь не принимаются: хранилище не настроено",
    en: "Files are not taken here: no store is set up",
  },
  chat_not_found: { ru: "Такого чата нет", en: "There is no such chat" },
  message_not_found: { ru: "Такого сообщения нет", en: "There is no such message" },
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
  report_own: { ru: "На своё пожаловаться нельзя", en: "You cannot report what is your own" },
  too_many_reports: {
    ru: "У вас уже 100 нерассмотренных жалоб. Подождите, пока мы их разберём",
    en: "100 of your reports are still open. Wait until we have looked at them",
  },
  block_oneself: { ru: "Себя заблокировать нельзя", en: "You cannot block yourself" },
  too_many_blocks: {
    ru: "Заблокировано уже 500 человек. Сначала разблокируйте кого-нибудь",
    en: "You have blocked 500 people. Unblock one first",
  },
  chat_full: {
    ru: "В чате уже 200 человек, больше не поместится",
    en: "The chat is full: 200 people are in it",
  },
  file_not_yours: {
    ru: "Файл не ваш или уже прикреплён к другому сообщению",
    en: "A file is not yours, or is on another message already",
  },
  message_empty: { ru: "Сообщение не может быть пустым", en: "A message cannot be empty" },
  too_many_line_breaks: { ru: "Слишком много строк", en: "There are too many lines" },
  too_many_reactions: {
    ru: "На сообщении уже 20 разных эмодзи",
    en: "The message has 20 different emoji already",
  },
  client_id_taken: {
    ru: "Под этим clientId уже отправлено другое сообщение",
    en: "Another message was sent with this clientId already",
  },
  too_many_pinned: {
    ru: "Закреплено уже 50 сообщений, сначала открепите какое-нибудь",
    en: "50 messages are pinned already, unpin one first",
  },
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
  mint_address_invalid: {
    ru: "Это не адрес, или в нём опечатка: не сходится контрольная сумма",
    en: "This is not an address, or it has a typo: its checksum is wrong",
  },
  telegram_code_invalid: {
    ru: "Код не подходит: он уже использован или устарел. Получите новый в боте командой /link",
    en: "The code does not work: it was used before, or has expired. Get a new one in the bot with /link",
  },
  telegram_not_linked: {
    ru: "Сначала свяжите Telegram на странице «Устройства»",
    en: "Link Telegram on the devices page first",
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
  too_many_bots: {
    ru: "У вас уже три бота. Удалите ненужного",
    en: "You have three bots already. Delete one that you do not need",
  },
  telegram_unavailable: {
    ru: "Telegram сейчас не отвечает, попробуйте чуть позже",
    en: "Telegram does not answer right now, try again a little later",
  },
  bot_paused: {
    ru: "Бот приостановлен. Сначала включите его",
    en: "The bot is paused. Start it first",
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
  post_minted: {
    ru: "У поста есть токен, который показывает его звук: удалить пост нельзя, но его можно убрать из списков",
    en: "The post has a token that shows its sound: it cannot be deleted, but it can be unlisted",
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
  signed_out: { ru: "Вы вышли", en: "You are signed out" },
} as const satisfies Record<string, Record<Locale, string>>;

export type MessageKey = keyof typeof messages;

export function isMessageKey(key: unknown): key is MessageKey {
  return typeof key === "string" && Object.hasOwn(messages, key);
}

/** The text of a message in a language. */
export function messageText(key: MessageKey, locale: Locale): string {
  return messages[key][locale];
}
