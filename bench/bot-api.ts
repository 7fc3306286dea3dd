import { createServer } from "node:http";

/** A call of a bot. */
export interface BotCall {
  telegramId: number;
  /** What the buttons of a message send; null when it is no message. */
  buttons: string[] | null;
}

/**
 * A Bot API that accepts every message and answers at once. The one of local/telegram keeps chats and would take a part of
 * the processor that is measured.
 *
 * @param onCall  called when a call has arrived, before it is answered
 */
export async function startBotApi(port: number, onCall: (call: BotCall) => void): Promise<void> {
  let lastMessageId = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const params = JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}") as Params;
      const isAnswer = incoming.url?.endsWith("/answerCallbackQuery") ?? false;
      onCall({
        telegramId: Number(isAnswer ? params.callback_query_id?.split(":")[0] : params.chat_id),
        buttons: isAnswer ? null : buttonsOf(params),
      });
      lastMessageId += 1;
      const chat = { id: Number(params.chat_id), type: "private", first_name: "Tess" };
      const result = isAnswer || { message_id: lastMessageId, date: 1, chat, text: params.text };
      outgoing.writeHead(200, { "content-type": "application/json" });
      outgoing.end(JSON.stringify({ ok: true, result }));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
}

interface Params {
  chat_id?: string | number;
  text?: string;
  callback_query_id?: string;
  reply_markup?: { inline_keyboard?: { callback_data?: string }[][] };
}

const buttonsOf = ({ reply_markup: markup }: Params): string[] =>
  (markup?.inline_keyboard ?? []).flat().map(({ callback_data: data }) => data ?? "");
