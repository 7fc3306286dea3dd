import { cacheManager } from "@/lib/cache";
import { postTags } from "@/lib/posts/read-posts";

/** A process that renames a post and dies at the FAILPOINT of its environment. Arguments: post, title. */
const [id = "", title = ""] = process.argv.slice(2);
await cacheManager.withInvalidation(postTags(id), (tx) =>
  tx.post.update({ where: { id }, data: { title }, select: { id: true } }),
);
process.exit(0);
