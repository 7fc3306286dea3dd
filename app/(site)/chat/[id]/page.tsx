import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { ConversationSkeleton } from "@/app/_features/chat/chat-skeletons";
import { Conversation } from "@/app/_features/chat/conversation";
import { JoinScreen } from "@/app/_features/chat/join-screen";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer, type Viewer } from "@/app/_shell/viewer";
import { getChat, listMessages, listPinned } from "@/lib/chat";
import { toNullWhenNotFound } from "@/lib/core/errors";
import type { ChatDetail } from "@/lib/schemas/chat";
import { idSchema } from "@/lib/schemas/id";
import { isolate } from "@/lib/schemas/isolate";
import { messagesQuerySchema } from "@/lib/schemas/message-list";

const PAGE_SIZE = 50;

/** Reads once per request, shared by the page and its metadata. Null when the viewer may not see the chat. */
const readChat = cache(async (id: string): Promise<ChatDetail | null> => {
  const viewer = await getViewer();
  const parsed = idSchema.safeParse(id);
  if (!viewer || !parsed.success) return null;
  return readForPage(getChat({ userId: viewer.id }, parsed.data).catch(toNullWhenNotFound));
});

export async function generateMetadata({ params }: PageProps<"/chat/[id]">): Promise<Metadata> {
  const [{ id }, t, viewer] = await Promise.all([params, getTranslations("chat"), getViewer()]);
  // Undefined when the read failed; the page reads again and reports the error.
  const chat = await readChat(id).catch(() => undefined);
  const robots = { index: false };
  if (chat === undefined) return { robots };
  if (chat === null) return { title: t("notFoundTitle"), robots };
  const other = chat.members.find(({ userId }) => userId !== viewer?.id);
  return {
    title: isolate(chat.kind === "direct" ? (other?.name ?? t("gone")) : (chat.title ?? t("untitled"))),
    robots,
  };
}

export default async function ChatPage({ params, searchParams }: PageProps<"/chat/[id]">) {
  const [{ id }, { before }, viewer] = await Promise.all([params, searchParams, getViewer()]);
  if (!viewer) redirect(`/sign-in?next=${encodeURIComponent(`/chat/${id}`)}`);
  const parsedQuery = messagesQuerySchema.safeParse({ before, limit: PAGE_SIZE });
  return (
    <NavigationSuspense key={`${id}:${String(before)}`} skeleton={<ConversationSkeleton />}>
      <CurrentChat
        id={id}
        before={parsedQuery.success ? parsedQuery.data.before : undefined}
        viewer={viewer}
      />
    </NavigationSuspense>
  );
}

interface Props {
  id: string;
  /** Shows messages older than this one: the history link for browsers without JavaScript. */
  before: number | undefined;
  viewer: Viewer;
}

async function CurrentChat({ id, before, viewer }: Props) {
  const chat = await readChat(id);
  if (!chat) notFound();
  const reader = { userId: viewer.id };
  return (
    <div className="tinted h-full" style={tintStyle(chatTintId(chat, viewer.id))}>
      <div className="stage-light" aria-hidden="true" />
      {chat.joined ? (
        <OpenConversation chat={chat} before={before} viewer={viewer} reader={reader} />
      ) : (
        <JoinScreen chat={chat} />
      )}
    </div>
  );
}

async function OpenConversation({
  chat,
  before,
  viewer,
  reader,
}: Omit<Props, "id"> & { chat: ChatDetail; reader: { userId: string } }) {
  const page = await readForPage(listMessages(reader, chat.id, { before, limit: PAGE_SIZE }));
  // Read after the page, so that no pinned message is older than the revision the page starts from.
  const pinned = await readForPage(listPinned(reader, chat.id));
  return (
    <Conversation
      key={`${chat.id}:${String(before)}`}
      rendered={chat}
      page={page}
      pinned={pinned.items}
      viewer={{ id: viewer.id, isAdmin: viewer.role === "admin" }}
      renderedAt={Date.now()}
    />
  );
}

/** The id that gives the page its colour: the group's, or the other member's in a direct chat. */
function chatTintId({ id, kind, members }: ChatDetail, viewerId: string): string {
  return kind === "group" ? id : (members.find(({ userId }) => userId !== viewerId)?.userId ?? id);
}
