export { blockPerson, unblockPerson } from "./block-person";
export { hasBlocked, isBlockedSql, listBlocks, listHiddenPeople, readHiddenPeople } from "./blocks";
export { directKeyOf } from "./direct-key";
export { eraseBlockBatch } from "./erase-account";
export { lockPeople } from "./lock-people";
export { mayWrite } from "./may-write";
export { requireMayInvite, requireMayWriteFirst } from "./require-may-contact";
export { requireReachable } from "./require-reachable";
