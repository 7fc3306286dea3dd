import "./load-env";
import { setWebhooks } from "@/lib/bot";
import { disconnectDb } from "@/lib/db";

/** `npm run bot:webhooks`: gives Telegram the address of every bot again. */
for (const name of await setWebhooks({ all: true })) console.log(`${name}: webhook set`);
await disconnectDb();
