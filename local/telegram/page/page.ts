import type { IncomingMessage, ServerResponse } from "node:http";
import { sendJson } from "../../http/server";
import type { TelegramContext } from "../context";

export async function handlePage(
  _context: TelegramContext,
  _request: IncomingMessage,
  response: ServerResponse,
  _url: URL,
): Promise<void> {
  sendJson(response, 404, { error: "there is no such page" });
}
