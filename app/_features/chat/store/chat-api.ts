import { callApi } from "@/app/_data/call-api";
import type { ChatDetail, ChatPage, ReadState } from "@/lib/schemas/chat";
import type { ChatMessageView } from "@/lib/schemas/chat-message";
import type { FoundMessages, MessagesPage, PinnedMessages } from "@/lib/schemas/message-list";
import type { FoundPeople } from "@/lib/schemas/person";
import type { PresenceList } from "@/lib/schemas/presence";

export type ChatMember = ChatDetail["members"][number];
export type ChatMessage = ChatMessageView;
export type Quote = NonNullable<ChatMessage["replyTo"]>;
export type Person = FoundPeople["items"][number];

/** After this time the connection counts as lost. */
const REQUEST_TIMEOUT_MS = 15_000;

const timeoutSignal = () => AbortSignal.timeout(REQUEST_TIMEOUT_MS);
const toQuery = (values: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();

export function fetchChats(cursor?: string) {
  return callApi<ChatPage>(`/api/chats?${toQuery(cursor === undefined ? { limit: 50 } : { cursor })}`, {
    signal: timeoutSignal(),
  });
}

export function fetchChat(id: string) {
  return callApi<{ chat: ChatDetail }>(`/api/chats/${id}`, { signal: timeoutSignal() });
}

export type NewChat =
  | { kind: "direct"; userId: string }
  | { kind: "group"; title: string; memberIds: string[]; open: boolean };

export function createChat(body: NewChat) {
  return callApi<{ chat: ChatDetail }>("/api/chats", { method: "POST", body, repeatable: true });
}

export function changeChat(id: string, body: { title?: string; open?: boolean }) {
  return callApi<{ chat: ChatDetail }>(`/api/chats/${id}`, { method: "PATCH", body });
}

export function joinChat(id: string) {
  return callApi<{ chat: ChatDetail }>(`/api/chats/${id}/join`, { method: "POST", body: {} });
}

export function leaveChat(id: string) {
  return callApi(`/api/chats/${id}/leave`, { method: "POST", body: {} });
}

export function inviteMember(id: string, userId: string) {
  return callApi<{ chat: ChatDetail }>(`/api/chats/${id}/members`, { method: "POST", body: { userId } });
}

export function removeMember(id: string, userId: string) {
  return callApi(`/api/chats/${id}/members/${userId}`, { method: "DELETE" });
}

export function fetchMessages(id: string, range: { before?: number; after?: number; since?: number }) {
  return callApi<MessagesPage>(`/api/chats/${id}/messages?${toQuery(range)}`, { signal: timeoutSignal() });
}

export interface NewMessage {
  clientId: string;
  text: string;
  replyToId?: string | undefined;
  attachmentIds: string[];
}

/** Safe to repeat: the same `clientId` is the same message. */
export function postMessage(id: string, body: NewMessage) {
  return callApi<{ message: ChatMessage }>(`/api/chats/${id}/messages`, {
    method: "POST",
    body,
    signal: timeoutSignal(),
  });
}

const messagePath = (message: ChatMessage) => `/api/chats/${message.chatId}/messages/${message.id}` as const;

export function editMessage(message: ChatMessage, text: string) {
  return callApi<{ message: ChatMessage }>(messagePath(message), { method: "PATCH", body: { text } });
}

export function deleteMessage(message: ChatMessage) {
  return callApi<{ message: ChatMessage }>(messagePath(message), { method: "DELETE" });
}

export function pinMessage(message: ChatMessage, pinned: boolean) {
  return callApi<{ message: ChatMessage }>(`${messagePath(message)}/pin`, {
    method: "POST",
    body: { pinned },
  });
}

export function reactTo(message: ChatMessage, emoji: string, on: boolean) {
  return callApi<{ message: ChatMessage }>(`${messagePath(message)}/reactions`, {
    method: "POST",
    body: { emoji, on },
  });
}

export function fetchPinned(id: string) {
  return callApi<PinnedMessages>(`/api/chats/${id}/pinned`, { signal: timeoutSignal() });
}

export function sendRead(id: string, seq: number) {
  return callApi<ReadState>(`/api/chats/${id}/read`, { method: "POST", body: { seq }, keepalive: true });
}

export function sendTyping(id: string) {
  return callApi(`/api/chats/${id}/typing`, { method: "POST", body: {} });
}

export function searchMessages(id: string, q: string, before: number | null, signal: AbortSignal) {
  return callApi<FoundMessages>(
    `/api/chats/${id}/search?${toQuery(before === null ? { q } : { q, before })}`,
    { signal },
  );
}

export function findPeople(q: string, signal: AbortSignal) {
  return callApi<FoundPeople>(`/api/people?${toQuery({ q })}`, { signal });
}

export function fetchPresence(userIds: readonly string[]) {
  return callApi<PresenceList>(`/api/presence?${toQuery({ userIds: userIds.join(",") })}`, {
    signal: timeoutSignal(),
  });
}
