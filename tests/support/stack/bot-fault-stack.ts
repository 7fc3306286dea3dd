import { afterAll } from "vitest";
import { controlOf } from "@/tests/support/clients/telegram";
import { createTestBot, type TestBot } from "@/tests/support/factories/bots";
import { startIsolatedBackends } from "./isolated-backends";
import { requireRealStack } from "./require-real-stack";

/** A bot on real backends of one test file, in whose chats messages are not limited to one a second. */
export async function startBotFaultStack(): Promise<TestBot> {
  requireRealStack();
  const backends = await startIsolatedBackends();
  afterAll(async () => {
    await (await import("@/lib/db")).disconnectDb();
    await backends.stop();
  });
  const bot = await createTestBot();
  await controlOf(process.env.TELEGRAM_API_ROOT ?? "").setLimits({ enabled: false });
  return bot;
}
