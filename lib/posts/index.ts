export { newPostSchema } from "./client";
export { createPost } from "./create";
export { type Post, postSchema } from "./post";
export { getPost, listPosts, postPageQuerySchema, postPageSchema } from "./read";
