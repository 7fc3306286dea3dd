import "./load-env";
import { parseArgs } from "node:util";
import { addBotByToken, setWebhooks } from "@/lib/bot";
import { env } from "@/lib/core/env";
import { db, disconnectDb } from "@/lib/db";

/** `npm run bot:add -- --owner <address>`: adds the bot of TELEGRAM_BOT_TOKEN with the ready workflows. */
const { values } = parseArgs({ options: { owner: { type: "string" } } });
const { TELEGRAM_BOT_TOKEN: token } = env();
if (!values.owner || !token)
  throw new Error("usage: TELEGRAM_BOT_TOKEN=… npm run bot:add -- --owner <address of the owner's account>");
const owner = await db().user.findUnique({
  where: { email: values.owner.toLowerCase(), deletedAt: null },
  select: { id: true, role: true },
});
if (!owner || owner.role === "listener") throw new Error("there is no such artist or administrator");
const id = await addBotByToken({ ownerId: owner.id, token, isAdministrators: owner.role === "admin" });
const { failed } = await setWebhooks();
for (const name of failed) console.error(`${name}: webhook not set`);
if (failed.length > 0) process.exitCode = 1;
else console.log(`bot ${id} is ready`);
await disconnectDb();
