import type { ApiFailure } from "@/app/_ui/api-result";
import type { Attachment, ChatMessage, Quote } from "./chat-api";

/** A message of one's own that the server does not have yet, as far as this browser knows. */
export interface OutgoingMessage {
  /** Stays the same however often it is sent. */
  clientId: string;
  text: string;
  replyTo: Quote | null;
  attachments: Attachment[];
  createdAt: string;
  state: "sending" | "failed";
  /** Why it failed; null when that was before this page was opened. */
  failure: ApiFailure | null;
  /** It goes again by itself. */
  willRetry: boolean;
}

/** What a conversation shows. A new object after each change. */
export interface ConversationView {
  /** A run without holes, by `seq`. */
  messages: readonly ChatMessage[];
  pending: readonly OutgoingMessage[];
  hasOlder: boolean;
  /** The run ends before the newest. */
  hasNewer: boolean;
  /** The newest message's number. */
  lastSeq: number;
  /** Those of all that are known, in the order in which they were pinned. */
  pinned: readonly ChatMessage[];
  /** Another one: it has begun anew, and knows only of what is in the run. */
  generation: number;
}
