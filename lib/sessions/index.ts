export { type IssuedAccess, issueAccess } from "./access";
export { authenticate } from "./authenticate";
export { accessCookie, clearedAccessCookie } from "./cookie";
export { currentUser } from "./current-user";
