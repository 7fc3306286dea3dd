import type { ChatMessage } from "./store/chat-api";
import type { OutgoingMessage } from "./store/conversation-view";

/** What stands in a conversation, from top to bottom. */
export type MessageRow =
  | { kind: "day"; key: string; at: string }
  /** From here on it is new. */
  | { kind: "new"; key: string }
  /** `first`: of several by one person, so it has their face and name. */
  | { kind: "message"; key: string; message: ChatMessage; first: boolean }
  | { kind: "pending"; key: string; pending: OutgoingMessage; first: boolean };

/** What somebody says within this of what they said before stands under the same face. */
const GROUPING_WINDOW_MS = 5 * 60_000;

interface Options {
  messages: readonly ChatMessage[];
  pending: readonly OutgoingMessage[];
  viewerId: string;
  /** The first message that was new when the page was opened. */
  firstUnreadSeq: number | null;
  timeZone: string;
}

/**
 * Where what was unread begins, by its `seq`; null while that is not loaded: the first of a run is not the first unread.
 * @param readSeq  one had read up to there
 */
export function findFirstUnreadSeq(
  messages: readonly ChatMessage[],
  readSeq: number,
  viewerId: string,
): number | null {
  const [first] = messages;
  if (!first || first.seq > readSeq + 1) return null;
  return messages.find(({ seq, authorId }) => seq > readSeq && authorId !== viewerId)?.seq ?? null;
}

/** A pending message keeps its key when it becomes a real one: it settles where it stands. */
export function buildRows({ messages, pending, viewerId, firstUnreadSeq, timeZone }: Options): MessageRow[] {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone });
  const rows: MessageRow[] = [];
  let day = "";
  let previous: { authorId: string | null; at: number } | null = null;

  const startsGroup = (authorId: string | null, createdAt: string): boolean => {
    const at = new Date(createdAt);
    const today = format.format(at);
    if (today !== day) {
      rows.push({ kind: "day", key: `day:${today}`, at: createdAt });
      previous = null;
    }
    day = today;
    const isSameGroup: boolean =
      previous !== null && previous.authorId === authorId && at.getTime() - previous.at < GROUPING_WINDOW_MS;
    previous = { authorId, at: at.getTime() };
    return !isSameGroup;
  };

  for (const message of messages) {
    let first = startsGroup(message.authorId, message.createdAt);
    if (message.seq === firstUnreadSeq) {
      rows.push({ kind: "new", key: "new" });
      first = true;
    }
    const key = message.authorId === viewerId ? message.clientId : message.id;
    rows.push({ kind: "message", key, message, first: first || message.replyTo !== null });
  }
  for (const outgoing of pending) {
    const first = startsGroup(viewerId, outgoing.createdAt) || outgoing.replyTo !== null;
    rows.push({ kind: "pending", key: outgoing.clientId, pending: outgoing, first });
  }
  return rows;
}
