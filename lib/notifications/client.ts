// What browsers may load of this domain.
export { type Notice, type NoticeKind, noticeOf } from "./kinds";
