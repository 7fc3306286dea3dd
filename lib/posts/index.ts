export { deletePost, tidyPosts } from "./delete";
export { erasePostBatch, hideAuthorPosts } from "./erase-account";
export { getPlaysByDay, playPost } from "./plays";
export { getAudioFileId, getPost, invalidateAuthorPosts, listPosts, listUnlistedPosts } from "./read-posts";
export { createPost, editPost } from "./write-post";
