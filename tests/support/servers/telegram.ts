import { type RunningTelegram, startTelegram, type TelegramOptions } from "@/local/telegram";
import { afterTest } from "./after-test";

export * from "@/tests/support/clients/telegram";

export async function start(options: Partial<TelegramOptions> = {}): Promise<RunningTelegram> {
  const server = await startTelegram({ dataDir: null, retryScale: 0, ...options });
  afterTest(() => server.close());
  return server;
}
