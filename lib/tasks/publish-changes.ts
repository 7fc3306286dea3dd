import { emit } from "../realtime";
import type { Channel } from "../schemas/channels";

/** A changed task: published to the task's channel for its owner, and to the channel of the order it belongs to. */
export interface ChangedTask {
  id: string;
  ownerId: string | null;
  subject: string | null;
}

const ORDER_SUBJECT_PATTERN = /^order:[0-9a-f-]{36}$/;

const pendingChannels = new Set<Channel<"order"> | Channel<"task">>();

/** Publishes that a task's state or progress has changed. Call it after the commit. */
export function publishTaskChanged({ id, ownerId, subject }: ChangedTask): void {
  if (ownerId !== null) schedulePublish(`task:${id}`);
  if (subject !== null) publishSubjectChanged(subject);
}

/** Publishes that the tasks of a subject (`order:{id}`) have changed. Call it after the commit. */
export function publishSubjectChanged(subject: string): void {
  if (ORDER_SUBJECT_PATTERN.test(subject)) schedulePublish(subject as Channel<"order">);
}

/** Publishes once per channel and commit: paying an order creates four tasks. */
function schedulePublish(channel: Channel<"order"> | Channel<"task">): void {
  if (pendingChannels.size === 0) queueMicrotask(publishPending);
  pendingChannels.add(channel);
}

function publishPending(): void {
  const channels = [...pendingChannels];
  pendingChannels.clear();
  for (const channel of channels) emit(channel, "changed", {});
}
