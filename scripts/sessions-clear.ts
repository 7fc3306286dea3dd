import "./load-env";
import { disconnectDb } from "@/lib/db";
import { clearAllSessions } from "@/lib/sessions";

/** `npm run sessions:clear`: signs everybody out. For when a secret or a copy of the database has leaked. */
console.log(`${await clearAllSessions()} sessions have ended`);
await disconnectDb();
