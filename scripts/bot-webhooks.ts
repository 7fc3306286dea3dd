import "./load-env";
import { setWebhooks } from "@/lib/bot";
import { disconnectDb } from "@/lib/db";

/** `npm run bot:webhooks`: gives Telegram the address of every bot again. */
const { set, failed } = await setWebhooks({ all: true });
for (const name of set) console.log(`${name}: webhook set`);
for (const name of failed) console.error(`${name}: not set`);
if (failed.length > 0) process.exitCode = 1;
await disconnectDb();
