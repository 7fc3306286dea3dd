export { createPost } from "./create";
export { erasePostBatch, hideAuthorPosts } from "./erase-account";
export { FEED_TAG, getPost, invalidateAuthorPosts, listPosts } from "./read-posts";
