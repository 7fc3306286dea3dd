import { plainText } from "@/lib/chat/client";
import type { ChatMessage, Quote } from "./chat-api";

/** As much as the API puts into a quote. */
const MAX_QUOTE_LENGTH = 160;

/** The picture of a message as it is now. */
export function createQuote({ id, seq, authorId, authorName, text }: ChatMessage): Quote {
  return { id, seq, authorId, authorName, text: [...plainText(text)].slice(0, MAX_QUOTE_LENGTH).join("") };
}

/**
 * Renews the pictures that messages have of other ones. What has not changed stays the same object, so it is not
 * rendered again.
 *
 * @param find  what is known of a message by its id
 */
export function createQuoteRefresher(find: (id: string) => ChatMessage | undefined) {
  const refreshed = new WeakMap<object, { original: ChatMessage; quoting: object }>();
  return <Quoting extends { replyTo: Quote | null }>(quoting: Quoting): Quoting => {
    const original = quoting.replyTo ? find(quoting.replyTo.id) : undefined;
    if (!original || !quoting.replyTo) return quoting;
    const cached = refreshed.get(quoting);
    // The key is what it was made of, so it is of the same type.
    if (cached?.original === original) return cached.quoting as Quoting;
    const replyTo = createQuote(original);
    const updated = isSameQuote(replyTo, quoting.replyTo) ? quoting : { ...quoting, replyTo };
    refreshed.set(quoting, { original, quoting: updated });
    return updated;
  };
}

const isSameQuote = (a: Quote, b: Quote) =>
  a.text === b.text && a.authorId === b.authorId && a.authorName === b.authorName;
