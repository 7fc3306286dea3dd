import { createPageCache } from "@/app/_data/page-cache";
import type { PostItem } from "./posts-api";

/** The feed's pages after the server's. */
export const { readPages, savePages } = createPageCache<PostItem>();
