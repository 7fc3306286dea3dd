import { sendMessage } from "@/lib/chat";
import { db } from "@/lib/db";
import { newMessageSchema } from "@/lib/schemas/chat-message";

/**
 * A process that sends a chat message and dies at the FAILPOINT of its environment. Arguments: author, chat, clientId.
 */
const [userId = "", chatId = "", clientId = ""] = process.argv.slice(2);
const { seq, role, name } = await db().user.findUniqueOrThrow({ where: { id: userId } });
await sendMessage({ userId, seq, role, name }, chatId, newMessageSchema.parse({ clientId, text: "Once" }));
process.exit(0);
