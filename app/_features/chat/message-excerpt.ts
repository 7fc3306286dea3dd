import { plainText } from "@/lib/chat/client";
import type { ChatMessage } from "./store/chat-api";

/** The text without the address of the post whose card stands below it. */
export function textWithoutPostLink({ text, post }: Pick<ChatMessage, "text" | "post">): string {
  if (!post) return text;
  const address = new RegExp(`(?:https?://[^\\s/]+)?/posts/${post.id}(?![\\w-])`, "gi");
  return text
    .replace(address, "")
    .replace(/[ \t]+$/gm, "")
    .trim();
}

/** A message in one line: its words, or what it carries. Empty when there is neither. */
export function messageExcerpt(message: Pick<ChatMessage, "text" | "post" | "attachments">): string {
  return (
    plainText(textWithoutPostLink(message)) || (message.post?.title ?? message.attachments[0]?.name ?? "")
  );
}

/** The same of a quote, which does not say what it links to. */
export function quoteExcerpt(text: string): string {
  return plainText(text)
    .replace(/(?:https?:\/\/[^\s/]+)?\/posts\/[0-9a-f-]{36}/gi, "")
    .trim();
}
