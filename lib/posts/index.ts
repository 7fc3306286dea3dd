export { createPost } from "./create";
export { erasePostBatch, hideAuthorPosts } from "./erase-account";
export { getPost, invalidateAuthorPosts, listPosts } from "./read-posts";
