import type { Locale } from "../core/locale";
import type { Execution } from "../schemas/bot";
import { escapeHtml, MAX_CAPTION_LENGTH, MAX_MESSAGE_LENGTH } from "../schemas/telegram-text";
import type { Button, NodeOf } from "../schemas/workflow";
import { resumeData, startData } from "./callback-data";
import type { OutgoingMessage, RunContext } from "./run-types";
import { type Lookup, renderHtml, renderText } from "./template";
import { botText } from "./texts";

type InlineButton = { text: string; callback_data: string } | { text: string; url: string };

interface MessageContext {
  context: RunContext;
  execution: Execution;
  lookup: Lookup;
  stepNo: number;
}

/** The message that a node sends. @param text  replaces the node's own, when an answer did not fit */
export function nodeMessage(
  node: NodeOf<"message"> | NodeOf<"question">,
  { context, execution, lookup, stepNo }: MessageContext,
  text = node.text,
): OutgoingMessage {
  const { language, chatId } = context;
  const picture = node.kind === "message" ? node.picture : undefined;
  const html = renderHtml(
    text[language],
    lookup,
    language,
    picture === undefined ? MAX_MESSAGE_LENGTH : MAX_CAPTION_LENGTH,
  );
  const markup = replyMarkup(node, execution, language, lookup);
  return {
    method: picture === undefined ? "sendMessage" : "sendPhoto",
    payload: {
      chat_id: Number(chatId),
      ...(picture === undefined
        ? { text: html, link_preview_options: { is_disabled: true } }
        : { photo: picture, caption: html }),
      parse_mode: "HTML",
      ...(markup ? { reply_markup: markup } : {}),
    },
    executionId: execution.id,
    stepNo,
  };
}

/** A text of the bot's own. */
export function plainMessage(chatId: string, text: string, execution?: Execution): OutgoingMessage {
  return {
    method: "sendMessage",
    payload: { chat_id: Number(chatId), text: escapeHtml(text), parse_mode: "HTML" },
    executionId: execution?.id ?? null,
    stepNo: execution?.stepNo ?? null,
  };
}

/** A text of no workflow. @param html  as Telegram accepts it */
export function htmlMessage(chatId: string, html: string): OutgoingMessage {
  return {
    method: "sendMessage",
    payload: {
      ...{ chat_id: Number(chatId), text: html, parse_mode: "HTML" },
      link_preview_options: { is_disabled: true },
    },
    ...{ executionId: null, stepNo: null },
  };
}

function replyMarkup(
  node: NodeOf<"message"> | NodeOf<"question">,
  execution: Execution,
  language: Locale,
  lookup: Lookup,
): object | null {
  const resume = (index: number) => resumeData(execution.id, execution.token ?? "", index);
  if (node.kind === "message") {
    if (node.buttons.length === 0) return null;
    const toInline = (button: Button, index: number): InlineButton => {
      const text = button.label[language];
      if ("url" in button) return { text, url: renderText(button.url, lookup) };
      return { text, callback_data: "next" in button ? resume(index) : startData(button.workflow) };
    };
    return { inline_keyboard: node.buttons.map((button, index) => [toInline(button, index)]) };
  }
  if (node.answer === "choice")
    return {
      inline_keyboard: node.choices.map(({ label }, index) => [
        { text: label[language], callback_data: resume(index) },
      ]),
    };
  if (node.answer === "contact")
    return {
      keyboard: [[{ text: botText(language, "shareContact"), request_contact: true }]],
      ...{ resize_keyboard: true, one_time_keyboard: true },
    };
  return null;
}
