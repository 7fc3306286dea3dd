import { callApi, type ResponseBody } from "@/app/_data/call-api";

export type ChatItem = ResponseBody<"chatPage">["items"][number];
export type ChatDetail = ResponseBody<"chatDetail">["chat"];
export type ChatMember = ChatDetail["members"][number];
export type ChatMessage = ResponseBody<"chatMessage">["message"];
export type MessagesPage = ResponseBody<"chatMessages">;
export type Attachment = ChatMessage["attachments"][number];
export type Quote = NonNullable<ChatMessage["replyTo"]>;
export type Person = ResponseBody<"people">["items"][number];

/** After this time the connection counts as lost. */
const REQUEST_TIMEOUT_MS = 15_000;

const timeoutSignal = () => AbortSignal.timeout(REQUEST_TIMEOUT_MS);
const toQuery = (values: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();

export function fetchChats(cursor?: string) {
  return callApi(`/api/chats?${toQuery(cursor === undefined ? { limit: 50 } : { cursor })}`, "chatPage", {
    signal: timeoutSignal(),
  });
}

export function fetchChat(id: string) {
  return callApi(`/api/chats/${id}`, "chatDetail", { signal: timeoutSignal() });
}

export type NewChat =
  | { kind: "direct"; userId: string }
  | { kind: "group"; title: string; memberIds: string[]; open: boolean };

export function createChat(body: NewChat) {
  return callApi("/api/chats", "chatDetail", { method: "POST", body });
}

export function changeChat(id: string, body: { title?: string; open?: boolean }) {
  return callApi(`/api/chats/${id}`, "chatDetail", { method: "PATCH", body });
}

export function joinChat(id: string) {
  return callApi(`/api/chats/${id}/join`, "chatDetail", { method: "POST", body: {} });
}

export function leaveChat(id: string) {
  return callApi(`/api/chats/${id}/leave`, "done", { method: "POST", body: {} });
}

export function inviteMember(id: string, userId: string) {
  return callApi(`/api/chats/${id}/members`, "chatDetail", { method: "POST", body: { userId } });
}

export function fetchMessages(id: string, range: { before?: number; after?: number; since?: number }) {
  return callApi(`/api/chats/${id}/messages?${toQuery(range)}`, "chatMessages", { signal: timeoutSignal() });
}

export interface NewMessage {
  clientId: string;
  text: string;
  replyToId?: string | undefined;
  attachmentIds: string[];
}

/** Safe to repeat: the same `clientId` is the same message. */
export function postMessage(id: string, body: NewMessage) {
  return callApi(`/api/chats/${id}/messages`, "chatMessage", {
    method: "POST",
    body,
    signal: timeoutSignal(),
  });
}

const messagePath = (message: ChatMessage) => `/api/chats/${message.chatId}/messages/${message.id}` as const;

export function editMessage(message: ChatMessage, text: string) {
  return callApi(messagePath(message), "chatMessage", { method: "PATCH", body: { text } });
}

export function deleteMessage(message: ChatMessage) {
  return callApi(messagePath(message), "chatMessage", { method: "DELETE" });
}

export function pinMessage(message: ChatMessage, pinned: boolean) {
  return callApi(`${messagePath(message)}/pin`, "chatMessage", { method: "POST", body: { pinned } });
}

export function reactTo(message: ChatMessage, emoji: string, on: boolean) {
  return callApi(`${messagePath(message)}/reactions`, "chatMessage", { method: "POST", body: { emoji, on } });
}

export function fetchPinned(id: string) {
  return callApi(`/api/chats/${id}/pinned`, "pinnedMessages", { signal: timeoutSignal() });
}

export function sendRead(id: string, seq: number) {
  return callApi(`/api/chats/${id}/read`, "chatRead", { method: "POST", body: { seq }, keepalive: true });
}

export function sendTyping(id: string) {
  return callApi(`/api/chats/${id}/typing`, "done", { method: "POST", body: {} });
}

export function searchMessages(id: string, q: string, before: number | null, signal: AbortSignal) {
  return callApi(
    `/api/chats/${id}/search?${toQuery(before === null ? { q } : { q, before })}`,
    "foundMessages",
    { signal },
  );
}

export function findPeople(q: string, signal: AbortSignal) {
  return callApi(`/api/people?${toQuery({ q })}`, "people", { signal });
}

export function fetchPresence(userIds: readonly string[]) {
  return callApi(`/api/presence?${toQuery({ userIds: userIds.join(",") })}`, "presence", {
    signal: timeoutSignal(),
  });
}
