import { deleteOtherUserSessions, refreshSession } from "@/lib/sessions";

/**
 * A process that ends or refreshes a session and dies at the FAILPOINT of its environment. Arguments: `end` user
 * session, or `refresh` token.
 */
const [what, first = "", second = ""] = process.argv.slice(2);
if (what === "end") await deleteOtherUserSessions(first, second);
else await refreshSession(first, { ip: null, userAgent: null });
process.exit(0);
