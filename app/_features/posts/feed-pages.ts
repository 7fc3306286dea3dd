import { createPageCache } from "@/app/_data/page-cache";
import type { Post } from "@/lib/schemas/post";

/** Pages of the feed loaded by the browser, after the page rendered by the server. */
export const { readPages, savePages } = createPageCache<Post>();
