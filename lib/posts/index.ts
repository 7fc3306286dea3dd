export { createPost } from "./create";
export { erasePostBatch, hideAuthorPosts } from "./erase-account";
export { getPlaysByDay, playPost } from "./plays";
export { invalidatePostsWithSound } from "./invalidate-sound";
export { FEED_TAG, getPost, invalidateAuthorPosts, listPosts } from "./read-posts";
