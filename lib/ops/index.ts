export { countOpenAlerts } from "../tasks/open-alerts";
export {
  type AlertPage,
  type AlertView,
  alertPageQuerySchema,
  alertPageSchema,
  alertSchema,
  closeAlert,
  listOpenAlerts,
} from "./alerts";
export { type BackendName, type Backends, backendsSchema, checkBackends } from "./backends";
export { blockAccount, unblockAccount } from "./block-account";
export {
  type Caches,
  cachesQuerySchema,
  cachesSchema,
  clearCacheSchema,
  invalidateCacheTag,
  invalidateTagSchema,
  listCaches,
} from "./caches";
export { clearCaches, clearPresence, clearSessions } from "./clear";
export { checkHealth, healthSchema, integrationSchema, probeIntegration } from "./health";
export {
  type LimitedCallerKind,
  type LimitedCallerView,
  type LimitsPage,
  liftLimits,
  liftLimitsSchema,
  limitsPageSchema,
  limitsQuerySchema,
  listLimits,
} from "./limits";
export { getLive, type Live, liveSchema } from "./live";
export { findOperator } from "./operator";
export {
  type BusinessSummary,
  getBackendsOverview,
  getOverview,
  type OpenQueue,
  type Overview,
  overviewQuerySchema,
  overviewSchema,
  type Trouble,
} from "./overview";
export {
  changeRole,
  changeRoleBodySchema,
  getPerson,
  listPeople,
  newRoleSchema,
  type PeoplePage,
  type PersonView,
  peoplePageSchema,
  peopleQuerySchema,
  personSchema,
} from "./people";
export {
  endPersonSessions,
  getPersonDetails,
  type PersonDetails,
  personDetailsSchema,
} from "./person-sessions";
export { isNearlyUsed, QUOTA_WARNING, type Quota } from "./quotas";
export { backUpRedis, restoreRedis } from "./redis/backup";
export {
  type RedisReport,
  type Reported,
  readRedisClients,
  readRedisInfo,
  readRedisReport,
  readSlowLog,
  redisReportSchema,
} from "./redis/info";
export {
  deleteKeySchema,
  deleteKindSchema,
  deleteRedisKey,
  deleteRedisKind,
  expireKeySchema,
  expireRedisKey,
  type RedisKey,
  readRedisKey,
  redisKeyQuerySchema,
  redisKeySchema,
} from "./redis/key";
export { purposeOf } from "./redis/purposes";
export {
  type KeyScan,
  type KeyScanPart,
  keyScanPartSchema,
  keyScanQuerySchema,
  type ScannedKey,
  scanRedis,
  scanRedisPart,
} from "./redis/scan";
export { backupEntrySchema } from "./redis/values";
export { renderMetrics } from "./render-metrics";
export { getSchedules, type Schedules, schedulesSchema } from "./schedules";
export { registerShutdown, shutDown } from "./shutdown";
export { sweepAll, syncAndSweep } from "./sync-and-sweep";
export type { Effect } from "./tasks/effects";
export { getTaskStory, type TaskStory, taskStorySchema } from "./tasks/story";
export { type AlertTest, alertTestSchema, sendTestAlert } from "./test-alert";
export { tidyAlerts } from "./tidy-alerts";
export { OVERVIEW_RANGES, type OverviewRange, SLOWER_THAN_BUCKETS_SECONDS, type Traffic } from "./traffic";
export {
  getViewsState,
  type Recounts,
  recountBodySchema,
  recountsSchema,
  recountViews,
  syncViewsNow,
  viewsStateSchema,
} from "./views";
