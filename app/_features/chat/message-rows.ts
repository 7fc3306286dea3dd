import type { Message } from "./store/chat-api";
import type { Pending } from "./store/conversation-view";

/** What stands in a conversation, from top to bottom. */
export type Row =
  | { kind: "day"; key: string; at: string }
  /** From here on it is new. */
  | { kind: "new"; key: string }
  /** `first`: of several by one person, so it has their face and name. */
  | { kind: "message"; key: string; message: Message; first: boolean }
  | { kind: "pending"; key: string; pending: Pending; first: boolean };

/** What somebody says within this of what they said before stands under the same face. */
const TOGETHER_MS = 5 * 60_000;

interface Options {
  messages: readonly Message[];
  pending: readonly Pending[];
  viewerId: string;
  /** The first message that was new when the page was opened. */
  newFrom: number | null;
  timeZone: string;
}

/**
 * Where what was unread begins, by its `seq`; null while that is not loaded: the first of a run is not the first unread.
 * @param readSeq  one had read up to there
 */
export function firstUnread(messages: readonly Message[], readSeq: number, viewerId: string): number | null {
  const [first] = messages;
  if (!first || first.seq > readSeq + 1) return null;
  return messages.find(({ seq, authorId }) => seq > readSeq && authorId !== viewerId)?.seq ?? null;
}

/** A pending message keeps its key when it becomes a real one: it settles where it stands. */
export function rowsOf({ messages, pending, viewerId, newFrom, timeZone }: Options): Row[] {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone });
  const rows: Row[] = [];
  let day = "";
  let before: { authorId: string | null; at: number } | null = null;

  const startsAnew = (authorId: string | null, createdAt: string): boolean => {
    const at = new Date(createdAt);
    const today = format.format(at);
    if (today !== day) {
      rows.push({ kind: "day", key: `day:${today}`, at: createdAt });
      before = null;
    }
    day = today;
    const together: boolean =
      before !== null && before.authorId === authorId && at.getTime() - before.at < TOGETHER_MS;
    before = { authorId, at: at.getTime() };
    return !together;
  };

  for (const message of messages) {
    let first = startsAnew(message.authorId, message.createdAt);
    if (message.seq === newFrom) {
      rows.push({ kind: "new", key: "new" });
      first = true;
    }
    const key = message.authorId === viewerId ? message.clientId : message.id;
    rows.push({ kind: "message", key, message, first: first || message.replyTo !== null });
  }
  for (const each of pending) {
    const first = startsAnew(viewerId, each.createdAt) || each.replyTo !== null;
    rows.push({ kind: "pending", key: each.clientId, pending: each, first });
  }
  return rows;
}
