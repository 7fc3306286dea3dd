import { type Channel, emit } from "../realtime";

/** Who is told of a task: its owner on its own channel, and whoever looks at the order that it is a step of. */
export interface ChangedTask {
  id: string;
  ownerId: string | null;
  subject: string | null;
}

const ORDER_SUBJECT_PATTERN = /^order:[0-9a-f-]{36}$/;

const pendingChannels = new Set<Channel<"order"> | Channel<"task">>();

/** Open pages hear that a task's state or progress is another one. Call it after the commit. */
export function publishTaskChanged({ id, ownerId, subject }: ChangedTask): void {
  if (ownerId !== null) schedulePublish(`task:${id}`);
  if (subject !== null) publishSubjectChanged(subject);
}

/** Open pages of what a task is about (`order:{id}`) hear that something about it has changed. Call it after the commit. */
export function publishSubjectChanged(subject: string): void {
  if (ORDER_SUBJECT_PATTERN.test(subject)) schedulePublish(subject as Channel<"order">);
}

/** What one commit changed is said once: an order that is paid has four new tasks. */
function schedulePublish(channel: Channel<"order"> | Channel<"task">): void {
  if (pendingChannels.size === 0) queueMicrotask(publishPending);
  pendingChannels.add(channel);
}

function publishPending(): void {
  const channels = [...pendingChannels];
  pendingChannels.clear();
  for (const channel of channels) emit(channel, "changed", {});
}
