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
export { cancelTask, replayTask } from "./manage";
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
export { raiseAlert } from "./raise-alert";
export { reviveDeadTask } from "./revive-task";
export { type SweepReport, sweepReportSchema, sweepTasks } from "./sweep-tasks";
export { filterReadableTaskIds, getTask, listTasksBySubject } from "./task-view";
export { tidiedTasksSchema, tidyTasks } from "./tidy";
