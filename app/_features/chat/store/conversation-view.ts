import type { ApiFailure } from "@/app/_ui/api-result";
import type { FileView } from "@/lib/schemas/media-file";
import type { ChatMessage, Quote } from "./chat-api";

/** A message of the viewer that, as far as this browser knows, the server does not have yet. */
export interface OutgoingMessage {
  /** The same for all attempts. */
  clientId: string;
  text: string;
  replyTo: Quote | null;
  attachments: FileView[];
  createdAt: string;
  state: "sending" | "failed";
  /** Why it failed; null while it is being sent, or when it only waits for the next retry. */
  failure: ApiFailure | null;
  /** It is retried automatically. */
  willRetry: boolean;
}

/** What a conversation page shows. A new object after each change. */
export interface ConversationView {
  /** A window without gaps, sorted by `seq`. */
  messages: readonly ChatMessage[];
  pending: readonly OutgoingMessage[];
  hasOlder: boolean;
  /** The window ends before the newest message. */
  hasNewer: boolean;
  /** `seq` of the newest message. */
  lastSeq: number;
  /** The pinned ones of all known messages, in the order in which they were pinned. */
  pinned: readonly ChatMessage[];
  /** Changes when the store was reset: it then knows only the messages in the window. */
  generation: number;
}
