export { createPost } from "./create";
export { deletePost, tidyPosts } from "./delete";
export { editPost } from "./edit";
export { erasePostBatch, hideAuthorPosts } from "./erase-account";
export { getAudioFileId } from "./get-audio-file-id";
export { getPlaysByDay, playPost } from "./plays";
export { getPost, invalidateAuthorPosts, listPosts, listUnlistedPosts } from "./read-posts";
