export { createPost } from "./create";
export { deleteAccountPosts } from "./erase-account";
export { getPost, invalidateAuthorPosts, listPosts } from "./read-posts";
