export { createPost } from "./create";
export { erasePostBatch, hideAuthorPosts } from "./erase-account";
export { getPlaysByDay, playPost } from "./plays";
export { FEED_TAG, getPost, invalidateAuthorPosts, listPosts } from "./read-posts";
