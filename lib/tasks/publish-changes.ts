import { type Channel, emit } from "../realtime";

/** Who is told of a task: its owner on its own channel, and whoever looks at the order that it is a step of. */
export interface Told {
  id: string;
  ownerId: string | null;
  subject: string | null;
}

const ORDER = /^order:[0-9a-f-]{36}$/;

const waiting = new Set<Channel<"order"> | Channel<"task">>();

/** Open pages hear that a task's state or progress is another one. Call it after the commit. */
export function tellTask({ id, ownerId, subject }: Told): void {
  if (ownerId !== null) tell(`task:${id}`);
  if (subject !== null) tellSubject(subject);
}

/** Open pages of what a task is about (`order:{id}`) hear that something about it has changed. Call it after the commit. */
export function tellSubject(subject: string): void {
  if (ORDER.test(subject)) tell(subject as Channel<"order">);
}

/** What one commit changed is said once: an order that is paid has four new tasks. */
function tell(channel: Channel<"order"> | Channel<"task">): void {
  if (waiting.size === 0) queueMicrotask(tellAll);
  waiting.add(channel);
}

function tellAll(): void {
  const channels = [...waiting];
  waiting.clear();
  for (const channel of channels) emit(channel, "changed", {});
}
