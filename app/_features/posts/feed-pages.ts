import { keptPages } from "@/app/_data/kept-pages";
import type { PostItem } from "./posts";

/** The feed's pages after the server's. */
export const { loadedAfter, keepLoaded } = keptPages<PostItem>();
