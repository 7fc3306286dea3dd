export { raiseAlert } from "./alerts";
export { type GuaranteedQueue, type Payload, type PayloadInput, queues } from "./catalogue";
export { type EnqueueOptions, enqueue } from "./enqueue";
export { forgetTasksOf } from "./forget";
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
export { qstash } from "./qstash";
export { getTask, mayFollowTasks, type TaskView, taskSchema, taskStateSchema, tasksAbout } from "./read";
export { backgroundTaskService } from "./service";
export { type Sweep, sweepSchema, sweepTasks } from "./sweep";
export { tellSubject } from "./tell";
export { tidyTasks } from "./tidy";
