import { runTranscoding } from "@/tests/support/factories/sounds";

/** An instance of the app that transcodes one sound until it dies at the FAILPOINT of its environment. */
const [fileId = ""] = process.argv.slice(2);
await runTranscoding(fileId);
process.exit(0);
