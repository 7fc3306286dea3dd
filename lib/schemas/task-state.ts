import type { TaskState } from "./enums";

const IS_UNFINISHED: Record<TaskState, boolean> = {
  pending: true,
  published: true,
  running: true,
  done: false,
  dead: false,
  cancelled: false,
};

/** Whether the task may still run. */
export function isUnfinishedState(state: TaskState): boolean {
  return IS_UNFINISHED[state];
}
