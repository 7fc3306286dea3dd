export { createPost } from "./create";
export { deleteAccountPosts } from "./erase-account";
export { invalidateAuthorPosts } from "./invalidate-author-posts";
export { getPost, listPosts } from "./read";
