export { backgroundTaskService, type TaskOptions } from "./background-task-service";
export { type GuaranteedQueue, type Payload, type PayloadInput, queues } from "./catalogue";
export { type EnqueueOptions, enqueue } from "./enqueue";
export { eraseAccountTasks } from "./erase-account";
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
export { type PublishOptions, publish } from "./publish";
export { publishSubjectChanged } from "./publish-changes";
export { qstash } from "./qstash";
export { raiseAlert } from "./raise-alert";
export { type SweepReport, sweepReportSchema, sweepTasks } from "./sweep-tasks";
export { filterReadableTaskIds, getTask, listTasksBySubject } from "./task-view";
export { tidyTasks } from "./tidy";
