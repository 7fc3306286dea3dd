export { createPost } from "./create";
export { erasePostBatch, hideAuthorPosts } from "./erase-account";
export { invalidatePostsWithSound } from "./invalidate-sound";
export { FEED_TAG, getPost, invalidateAuthorPosts, listPosts } from "./read-posts";
