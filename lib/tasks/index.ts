export { closeAlerts, raiseAlert } from "./alerts";
export { noticeSubject } from "./announce-alert";
export { type Attempt, attemptSchema, listAttempts } from "./attempts";
export {
  backgroundTaskService,
  cancelUnpublished,
  type EnqueueOptions,
  enqueue,
  type TaskOptions,
} from "./background-task-service";
export {
  type CancelBatch,
  cancelBatchSchema,
  cancelDeadBatch,
  cancelDeadTasksBy,
  cancelTaskAsOperator,
} from "./cancel-dead";
export {
  type GuaranteedQueue,
  getQueueDefinition,
  isQueueAvailable,
  isQueueName,
  type Payload,
  type PayloadInput,
  queues,
} from "./catalogue";
export { cancelAccountTasks, eraseMintTasks, eraseTaskBatch } from "./erase-account";
export { defineTask, LeaseLostError, NonRetryableTaskError, type TaskContext } from "./handler";
export {
  countTasksBy,
  type ListedTask,
  listedTaskSchema,
  listTasks,
  MAX_MATCHES,
  type TaskList,
  taskListSchema,
  toListedTask,
} from "./list-tasks";
export { cancelTask, replayTask } from "./manage";
export {
  type MessageEvent,
  type MessageEvents,
  messageEventsSchema,
  readMessageEvents,
} from "./message-events";
export { countOpenTasks, type OpenTasks } from "./open-tasks";
export {
  type DeadTask,
  deadTasksQuerySchema,
  getTaskOverview,
  MAX_COUNT,
  type QueueOverview,
  type TaskOverview,
  taskOverviewSchema,
} from "./overview";
export { pauseQueue, resumeQueue } from "./pause-queue";
export { isPausedSql, listPausedQueues, type QueuePause, queuePauseSchema } from "./paused";
export { type PublishOptions, publish, qstash } from "./publish";
export { publishSubjectChanged } from "./publish-changes";
export {
  previewRedrive,
  type RedriveBatch,
  type RedrivePreview,
  redriveBatch,
  redriveBatchSchema,
  redriveDeadTasks,
  redrivePreviewSchema,
} from "./redrive";
export { reviveDeadTask } from "./revive-task";
export { type SweepReport, sweepReportSchema, sweepTasks } from "./sweep-tasks";
export { type RedriveFilter, redriveFilterSchema, type TaskFilter, taskFilterSchema } from "./task-filter";
export { filterReadableTaskIds, getTask, listTasksBySubject } from "./task-view";
export { tidiedTasksSchema, tidyTasks } from "./tidy";
