export { createPost } from "./create";
export { deleteAccountPosts } from "./erase-account";
export { getPost, listPosts } from "./read-posts";
export { recordAuthorPostTags } from "./record-author-post-tags";
