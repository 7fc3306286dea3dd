import { type Answer, callApi } from "@/app/_data/call-api";

export type ChatItem = Answer<"chatPage">["items"][number];
export type ChatDetail = Answer<"chatDetail">["chat"];
export type Member = ChatDetail["members"][number];
export type Message = Answer<"chatMessage">["message"];
export type MessagesPage = Answer<"chatMessages">;
export type Attachment = Message["attachments"][number];
export type Quote = NonNullable<Message["replyTo"]>;
export type Person = Answer<"people">["items"][number];

/** Longer than that and the connection counts as lost. */
const ANSWER_LIMIT_MS = 15_000;

const limit = () => AbortSignal.timeout(ANSWER_LIMIT_MS);
const query = (values: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();

export function fetchChats(cursor?: string) {
  return callApi(`/api/chats?${query(cursor === undefined ? { limit: 50 } : { cursor })}`, "chatPage", {
    signal: limit(),
  });
}

export function fetchChat(id: string) {
  return callApi(`/api/chats/${id}`, "chatDetail", { signal: limit() });
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

export function inviteTo(id: string, userId: string) {
  return callApi(`/api/chats/${id}/members`, "chatDetail", { method: "POST", body: { userId } });
}

export function fetchMessages(id: string, where: { before?: number; after?: number; since?: number }) {
  return callApi(`/api/chats/${id}/messages?${query(where)}`, "chatMessages", { signal: limit() });
}

export interface NewMessage {
  clientId: string;
  text: string;
  replyToId?: string | undefined;
  attachmentIds: string[];
}

/** Safe to repeat: the same `clientId` is the same message. */
export function postMessage(id: string, body: NewMessage) {
  return callApi(`/api/chats/${id}/messages`, "chatMessage", { method: "POST", body, signal: limit() });
}

const one = (message: Message) => `/api/chats/${message.chatId}/messages/${message.id}` as const;

export function editMessage(message: Message, text: string) {
  return callApi(one(message), "chatMessage", { method: "PATCH", body: { text } });
}

export function deleteMessage(message: Message) {
  return callApi(one(message), "chatMessage", { method: "DELETE" });
}

export function pinMessage(message: Message, pinned: boolean) {
  return callApi(`${one(message)}/pin`, "chatMessage", { method: "POST", body: { pinned } });
}

export function reactTo(message: Message, emoji: string, on: boolean) {
  return callApi(`${one(message)}/reactions`, "chatMessage", { method: "POST", body: { emoji, on } });
}

export function fetchPinned(id: string) {
  return callApi(`/api/chats/${id}/pinned`, "pinnedMessages", { signal: limit() });
}

export function sendRead(id: string, seq: number) {
  return callApi(`/api/chats/${id}/read`, "chatRead", { method: "POST", body: { seq }, keepalive: true });
}

export function sendTyping(id: string) {
  return callApi(`/api/chats/${id}/typing`, "done", { method: "POST", body: {} });
}

export function searchMessages(id: string, q: string, before: number | null, signal: AbortSignal) {
  return callApi(
    `/api/chats/${id}/search?${query(before === null ? { q } : { q, before })}`,
    "foundMessages",
    { signal },
  );
}

export function findPeople(q: string, signal: AbortSignal) {
  return callApi(`/api/people?${query({ q })}`, "people", { signal });
}

export function fetchPresence(userIds: readonly string[]) {
  return callApi(`/api/presence?${query({ userIds: userIds.join(",") })}`, "presence", { signal: limit() });
}
