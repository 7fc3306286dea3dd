import { plainText } from "@/lib/schemas/mention";
import type { ChatMessage } from "./store/chat-api";

/** The text without the URL of the post whose card is shown below it. */
export function textWithoutPostLink({ text, post }: Pick<ChatMessage, "text" | "post">): string {
  if (!post) return text;
  const address = new RegExp(`(?:https?://[^\\s/]+)?/posts/${post.id}(?![\\w-])`, "gi");
  return text
    .replace(address, "")
    .replace(/[ \t]+$/gm, "")
    .trim();
}

/** A message in one line: its text, or the post's title, or the first file's name. Empty when it has none. */
export function messageExcerpt(message: Pick<ChatMessage, "text" | "post" | "attachments">): string {
  return (
    plainText(textWithoutPostLink(message)) || (message.post?.title ?? message.attachments[0]?.name ?? "")
  );
}

/** A quote in one line; it does not include the post, so the post's URL is only removed. */
export function quoteExcerpt(text: string): string {
  return plainText(text)
    .replace(/(?:https?:\/\/[^\s/]+)?\/posts\/[0-9a-f-]{36}/gi, "")
    .trim();
}
