export { newPostSchema } from "./client";
export { createPost } from "./create";
export { deletePostsOf } from "./erase-account";
export { type Post, postSchema } from "./post";
export { getPost, listPosts, postPageQuerySchema, postPageSchema } from "./read";
export { notePostsOf } from "./record-author-post-tags";
