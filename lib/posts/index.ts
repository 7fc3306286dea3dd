export { createPost } from "./create";
export { erasePostBatch, hideAuthorPosts } from "./erase-account";
export { getPlaysByDay, playPost } from "./plays";
export { getPost, invalidateAuthorPosts, listPosts } from "./read-posts";
