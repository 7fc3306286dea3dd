export { backgroundTaskService } from "./background-task-service";
export { type GuaranteedQueue, type Payload, type PayloadInput, queues } from "./catalogue";
export { type EnqueueOptions, enqueue } from "./enqueue";
export { forgetTasksOf } from "./erase-account";
export { defineTask, LeaseLostError, type TaskContext, TaskRefusedError } from "./handler";
export { cancelTask, replayTask } from "./manage";
export {
  type DeadTask,
  deadTasksQuerySchema,
  type QueueOverview,
  type TaskOverview,
  taskOverview,
  taskOverviewSchema,
} from "./overview";
export { type PublishOptions, publish } from "./publish";
export { tellSubject } from "./publish-changes";
export { qstash } from "./qstash";
export { raiseAlert } from "./raise-alert";
export { type Sweep, sweepSchema, sweepTasks } from "./sweep-tasks";
export { getTask, mayFollowTasks, type TaskView, taskSchema, taskStateSchema, tasksAbout } from "./task-view";
export { tidyTasks } from "./tidy";
