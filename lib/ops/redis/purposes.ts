import type { Locale } from "../../core/locale";
import type { KeyKind } from "../../redis/key-types";

/** What keys are for and what is lost with them, for operators; docs/REDIS.md says it of each. */
const purposes = {
  unsynced: {
    en: "Views and plays that Postgres does not have yet. Lost with it: those views.",
    ru: "Просмотры и прослушивания, которых ещё нет в Postgres. Пропадут вместе с ключом.",
  },
  viewers: {
    en: "Who viewed or played a post in the last day. Without it a repeated view counts twice until the next sync.",
    ru: "Кто смотрел или слушал пост за сутки. Без ключа повторный просмотр до переноса считается дважды.",
  },
  counts: {
    en: "Counts as people see them. Made again from Postgres.",
    ru: "Счётчики, которые видят люди. Восстановятся из Postgres.",
  },
  syncs: {
    en: "Results of the last syncs, for this console. Nothing else reads them.",
    ru: "Итоги последних переносов для этой панели. Больше их никто не читает.",
  },
  cache: {
    en: "A cached value. Loaded again from Postgres.",
    ru: "Значение в кеше. Загрузится из Postgres заново.",
  },
  tags: {
    en: "Which cached values a tag invalidates. Without it they may be out of date until their TTL.",
    ru: "Какие значения кеша сбрасывает тег. Без ключа они могут быть устаревшими до конца срока.",
  },
  leases: {
    en: "A lock or a lease: who does something now, or that copies are up to date. Without it work may be done twice.",
    ru: "Блокировка или аренда: кто сейчас работает или что копии свежие. Без ключа работа может повториться.",
  },
  leaderboards: {
    en: "Leaderboards. Rebuilt from Postgres by the next reader.",
    ru: "Рейтинги. Следующий читатель построит их из Postgres.",
  },
  sessions: {
    en: "Copies of sessions and revocations. Postgres has them, and is asked instead.",
    ru: "Копии сеансов и отзывов. Они есть в Postgres, спросим его.",
  },
  presence: {
    en: "Who is present. Made again with the next beat of their instance, within half a minute.",
    ru: "Кто на сайте. Восстановится с ближайшим сигналом, в пределах полуминуты.",
  },
  chat: {
    en: "Cached chat messages and their lists. Read from Postgres.",
    ru: "Кеш сообщений и их списков. Прочитаются из Postgres.",
  },
  realtime: {
    en: "Newest events of a channel. Open pages read their data again.",
    ru: "Последние события канала. Открытые страницы перечитают данные.",
  },
  limits: {
    en: "When a caller's tokens were taken. Without it the caller has all of them again.",
    ru: "Когда потрачены попытки. Без ключа у вызывающего снова полный лимит.",
  },
  metrics: {
    en: "What instances counted, until it is added up. Lost with it: numbers of the last minutes.",
    ru: "Что насчитали экземпляры до сложения. Пропадут числа за последние минуты.",
  },
  transcoding: {
    en: "The transcoder crashed on this task. Without it the track is tried once more.",
    ru: "Перекодировщик упал на этой задаче. Без ключа трек попробуют ещё раз.",
  },
  probe: {
    en: "Written and read back by a probe.",
    ru: "Пробная запись проверки связи.",
  },
} as const;

type Purpose = keyof typeof purposes;

const purposeByKind: Readonly<Record<KeyKind, Purpose>> = {
  postViews: "viewers",
  postMeta: "counts",
  postPendingViews: "unsynced",
  dirtyPosts: "unsynced",
  sealedViewers: "unsynced",
  sealedViews: "unsynced",
  sealedCounts: "unsynced",
  viewBatches: "unsynced",
  viewBatch: "unsynced",
  viewClaims: "unsynced",
  postPlays: "viewers",
  postPlayMeta: "counts",
  postPendingPlays: "unsynced",
  dirtyPlays: "unsynced",
  sealedPlaySet: "unsynced",
  sealedPlays: "unsynced",
  sealedPlayCounts: "unsynced",
  playBatches: "unsynced",
  playBatch: "unsynced",
  playClaims: "unsynced",
  lastViewSync: "syncs",
  viewSyncs: "syncs",
  cacheEntry: "cache",
  userVariables: "cache",
  userProfile: "cache",
  waitingExecutions: "cache",
  workflowVersion: "cache",
  cacheLease: "leases",
  cacheTag: "tags",
  cacheTrustLease: "leases",
  lock: "leases",
  lockFence: "leases",
  leaderboards: "leaderboards",
  leaderboard: "leaderboards",
  leaderboardSales: "leaderboards",
  stagedLeaderboard: "leaderboards",
  stagedLeaderboardSales: "leaderboards",
  leaderboardLease: "leases",
  session: "sessions",
  userSessions: "sessions",
  userGeneration: "sessions",
  blacklistedToken: "sessions",
  sessionsTrustLease: "leases",
  sessionsState: "sessions",
  rollCall: "realtime",
  realtimeUpstream: "realtime",
  realtimeSequence: "realtime",
  realtimeLog: "realtime",
  realtimeHead: "realtime",
  usersOnline: "presence",
  userPresence: "presence",
  userSockets: "presence",
  streamAnswers: "presence",
  chatMessage: "chat",
  chatMessages: "chat",
  chatRecent: "chat",
  chatPinned: "chat",
  chatRevision: "chat",
  transcoderCrash: "transcoding",
  metricBatches: "metrics",
  probe: "probe",
  throttle: "limits",
  throttlePrefix: "limits",
};

/** One sentence or two, in a language; null for a key that no code of this version writes. */
export function purposeOf(kind: KeyKind | null, locale: Locale): string | null {
  return kind && purposes[purposeByKind[kind]][locale];
}

/** Whether something is lost with a key of this kind that nothing makes again. */
export function isIrreplaceable(kind: KeyKind | null): boolean {
  return kind !== null && purposeByKind[kind] === "unsynced";
}
