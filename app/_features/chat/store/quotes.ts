import { plainText } from "@/lib/chat/client";
import type { Message, Quote } from "./chat-api";

/** As much as the API puts into a quote. */
const EXCERPT_LENGTH = 160;

/** The picture of a message as it is now. */
export function quoteOfMessage({ id, seq, authorId, authorName, text }: Message): Quote {
  return { id, seq, authorId, authorName, text: [...plainText(text)].slice(0, EXCERPT_LENGTH).join("") };
}

/**
 * Renews the pictures that messages have of other ones. What has not changed stays the same object, so it is not
 * rendered again.
 *
 * @param find  what is known of a message by its id
 */
export function quoteRenewer(find: (id: string) => Message | undefined) {
  const renewed = new WeakMap<object, { original: Message; quoting: object }>();
  return <Quoting extends { replyTo: Quote | null }>(quoting: Quoting): Quoting => {
    const original = quoting.replyTo ? find(quoting.replyTo.id) : undefined;
    if (!original || !quoting.replyTo) return quoting;
    const before = renewed.get(quoting);
    // The key is what it was made of, so it is of the same type.
    if (before?.original === original) return before.quoting as Quoting;
    const replyTo = quoteOfMessage(original);
    const after = isSame(replyTo, quoting.replyTo) ? quoting : { ...quoting, replyTo };
    renewed.set(quoting, { original, quoting: after });
    return after;
  };
}

const isSame = (a: Quote, b: Quote) =>
  a.text === b.text && a.authorId === b.authorId && a.authorName === b.authorName;
