import { registerShutdown } from "@/lib/ops";
import { recordViews } from "@/lib/views";

/**
 * A server process that records one view for each viewer (the arguments after the post's id), sends `recorded`, and
 * runs until a signal ends it.
 */
const [postId = "", ...viewers] = process.argv.slice(2);
registerShutdown();
await Promise.all(viewers.map((seq) => recordViews(Number(seq), [postId])));
process.send?.("recorded");
setInterval(() => {}, 60_000);
