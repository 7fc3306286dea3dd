import { AppError } from "@/lib/core/errors";
import { messageText } from "@/lib/core/messages";

/** What an operator reads of an error: its text, not its stack. */
export function getMessage(error: unknown): string {
  if (error instanceof AppError) return messageText(error.messageKey, "en");
  return error instanceof Error ? error.message : String(error);
}
