import type { ChatMessage } from "./store/chat-api";
import type { OutgoingMessage } from "./store/conversation-view";

/** A row of a conversation. */
export type MessageRow =
  | { kind: "day"; key: string; at: string }
  /** Messages below it are unread. */
  | { kind: "new"; key: string }
  /** `first`: of a group by one author, shown with avatar and name. */
  | { kind: "message"; key: string; message: ChatMessage; first: boolean }
  | { kind: "pending"; key: string; pending: OutgoingMessage; first: boolean };

/** A message within this time of the author's previous one joins its group. */
const GROUPING_WINDOW_MS = 5 * 60_000;

interface Options {
  messages: readonly ChatMessage[];
  pending: readonly OutgoingMessage[];
  viewerId: string;
  /** The first message that was unread when the page was opened. */
  firstUnreadSeq: number | null;
  timeZone: string;
}

/**
 * `seq` of the first unread message. Null when the message after `readSeq` is not loaded: then the first loaded message
 * need not be the first unread one.
 * @param readSeq  `seq` up to which the viewer had read
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

/** Rows from top to bottom. A pending message keeps its key once it is sent, so that it is not remounted. */
export function buildRows({ messages, pending, viewerId, firstUnreadSeq, timeZone }: Options): MessageRow[] {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone });
  const rows: MessageRow[] = [];
  let day = "";
  let previous: { authorId: string | null; at: number } | null = null;

  const startsGroup = (authorId: string | null, createdAt: string): boolean => {
    const at = new Date(createdAt);
    const messageDay = format.format(at);
    if (messageDay !== day) {
      rows.push({ kind: "day", key: `day:${messageDay}`, at: createdAt });
      previous = null;
    }
    day = messageDay;
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
