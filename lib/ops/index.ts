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
export { clearCaches, clearPresence, clearSessions } from "./clear";
export { checkHealth, healthSchema, integrationSchema, probeIntegration } from "./health";
export { findOperator } from "./operator";
export {
  type BusinessSummary,
  getOverview,
  type Overview,
  overviewQuerySchema,
  overviewSchema,
  type Trouble,
} from "./overview";
export {
  changeRole,
  listPeople,
  newRoleSchema,
  type PeoplePage,
  type PersonView,
  peoplePageSchema,
  peopleQuerySchema,
  personSchema,
} from "./people";
export { backUpRedis, restoreRedis } from "./redis/backup";
export { readRedisInfo, readSlowLog } from "./redis/info";
export { deleteRedisKey, readRedisKey } from "./redis/key";
export { type KeyScan, scanRedis } from "./redis/scan";
export { backupEntrySchema } from "./redis/values";
export { renderMetrics } from "./render-metrics";
export { getSchedules, type Schedules, schedulesSchema } from "./schedules";
export { registerShutdown, shutDown } from "./shutdown";
export { sweepAll, syncAndSweep } from "./sync-and-sweep";
export type { Effect } from "./tasks/effects";
export { getTaskStory, type TaskStory, taskStorySchema } from "./tasks/story";
export { tidyAlerts } from "./tidy-alerts";
export { OVERVIEW_RANGES, type OverviewRange, SLOWER_THAN_BUCKETS_SECONDS, type Traffic } from "./traffic";
