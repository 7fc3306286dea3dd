import { registerShutdown } from "@/lib/ops";
import { recordViews } from "@/lib/views";

/**
 * A long-lived server that has views in Redis: records one of each viewer (the arguments after the post's id),
 * says so, and runs until it is told to end.
 */
const [postId = "", ...viewers] = process.argv.slice(2);
registerShutdown();
await Promise.all(viewers.map((seq) => recordViews(Number(seq), [postId])));
process.send?.("recorded");
setInterval(() => {}, 60_000);
