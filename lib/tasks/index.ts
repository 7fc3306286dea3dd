export { closeAlerts, raiseAlert } from "./alerts";
export { noticeSubject } from "./announce-alert";
export {
  backgroundTaskService,
  cancelUnpublished,
  type EnqueueOptions,
  enqueue,
  type TaskOptions,
} from "./background-task-service";
export {
  type GuaranteedQueue,
  getQueueDefinition,
  isQueueAvailable,
  type Payload,
  type PayloadInput,
  queues,
} from "./catalogue";
export { cancelAccountTasks, eraseMintTasks, eraseTaskBatch } from "./erase-account";
export { defineTask, LeaseLostError, NonRetryableTaskError, type TaskContext } from "./handler";
export {
  countTasksBy,
  type ListedTask,
  listTasks,
  type TaskFilter,
  type TaskList,
  taskFilterSchema,
  taskListSchema,
} from "./list-tasks";
export { cancelTask, replayTask } from "./manage";
export { countOpenTasks, type OpenTasks } from "./open-tasks";
export {
  type DeadTask,
  deadTasksQuerySchema,
  getTaskOverview,
  type QueueOverview,
  type TaskOverview,
  taskOverviewSchema,
} from "./overview";
export { type PublishOptions, publish, qstash } from "./publish";
export { publishSubjectChanged } from "./publish-changes";
export { type RedriveFilter, type RedriveProgress, redriveDeadTasks } from "./redrive";
export { reviveDeadTask } from "./revive-task";
export { type SweepReport, sweepReportSchema, sweepTasks } from "./sweep-tasks";
export { filterReadableTaskIds, getTask, listTasksBySubject } from "./task-view";
export { tidiedTasksSchema, tidyTasks } from "./tidy";
