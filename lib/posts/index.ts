export { newPostSchema } from "./client";
export { createPost } from "./create";
export { deleteAccountPosts } from "./erase-account";
export { type Post, postSchema } from "./post";
export { getPost, listPosts, postPageQuerySchema, postPageSchema } from "./read";
export { recordAuthorPostTags } from "./record-author-post-tags";
