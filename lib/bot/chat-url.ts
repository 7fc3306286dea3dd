import { env } from "../core/env";

/** Where a chat with a bot opens; another server of the Bot API has its phones under its own address. */
export function botChatUrl(username: string): string {
  const { TELEGRAM_API_ROOT: root } = env();
  return `${root === "https://api.telegram.org" ? "https://t.me" : root}/${username}`;
}
