import "./load-env";
import { disconnectDb } from "@/lib/db";
import { clearAllSessions } from "@/lib/sessions";

/** `npm run sessions:clear`: signs all users out, after a leak of a secret or of a copy of the database. */
console.log(`${await clearAllSessions()} sessions ended`);
await disconnectDb();
