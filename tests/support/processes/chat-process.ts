import { newMessageSchema, sendMessage } from "@/lib/chat";
import { db } from "@/lib/db";

/** A process that dies at the FAILPOINT of its environment, writing a chat message. Arguments: author chat clientId. */
const [userId = "", chatId = "", clientId = ""] = process.argv.slice(2);
const { seq, role, name } = await db().user.findUniqueOrThrow({ where: { id: userId } });
await sendMessage({ userId, seq, role, name }, chatId, newMessageSchema.parse({ clientId, text: "Once" }));
process.exit(0);
