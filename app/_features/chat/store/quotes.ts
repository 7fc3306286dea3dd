import { quoteText } from "@/lib/schemas/mention";
import type { ChatMessage, Quote } from "./chat-api";

/** The API's length of a quote, in characters. */
const MAX_QUOTE_LENGTH = 160;

/** A quote of the message in its current form. */
export function createQuote({ id, seq, authorId, authorName, text }: ChatMessage): Quote {
  return {
    ...{ id, seq, authorId, authorName },
    text: quoteText(text, { isCut: false, maxLength: MAX_QUOTE_LENGTH }),
  };
}

/**
 * Updates the quotes in messages to the current form of the quoted ones. A message whose quote has not changed stays
 * the same object, so that it is not rendered again.
 *
 * @param find  looks up a known message by its id
 */
export function createQuoteRefresher(find: (id: string) => ChatMessage | undefined) {
  const refreshed = new WeakMap<object, { original: ChatMessage; quoting: object }>();
  return <Quoting extends { replyTo: Quote | null }>(quoting: Quoting): Quoting => {
    const original = quoting.replyTo ? find(quoting.replyTo.id) : undefined;
    if (!original || !quoting.replyTo) return quoting;
    const cached = refreshed.get(quoting);
    // The cached object was built from its key, so it has the same type.
    if (cached?.original === original) return cached.quoting as Quoting;
    const replyTo = createQuote(original);
    const updated = isSameQuote(replyTo, quoting.replyTo) ? quoting : { ...quoting, replyTo };
    refreshed.set(quoting, { original, quoting: updated });
    return updated;
  };
}

const isSameQuote = (a: Quote, b: Quote) =>
  a.text === b.text && a.authorId === b.authorId && a.authorName === b.authorName;
