export { createPost } from "./create";
export { erasePostBatch, hideAuthorPosts } from "./erase-account";
export { getAudioFileId } from "./get-audio-file-id";
export { getPlaysByDay, playPost } from "./plays";
export { getPost, invalidateAuthorPosts, listPosts } from "./read-posts";
export { replaceTrack } from "./replace-track";
