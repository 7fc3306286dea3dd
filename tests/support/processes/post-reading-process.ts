import { waitForDeferredWork } from "@/lib/core/defer";
import { getPost } from "@/lib/posts";

/** A process that reads a post and dies at the FAILPOINT of its environment. Argument: post. */
await getPost(process.argv[2] ?? "");
await waitForDeferredWork();
process.exit(0);
