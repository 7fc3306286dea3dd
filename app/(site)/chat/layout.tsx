import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { ChatList, ChatListHead } from "@/app/_features/chat/chat-list";
import { ChatListSkeleton } from "@/app/_features/chat/chat-skeletons";
import { OpenGroups } from "@/app/_features/chat/open-groups";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { ClientMessages } from "@/app/i18n/client-messages";
import { listChats } from "@/lib/chat";
import { getOpenGroups } from "./get-open-groups";

const PAGE_SIZE = 30;

/**
 * The chat list beside the open page; phones show one of the two, depending on the page (chat.css). The pages redirect
 * anonymous viewers to sign-in, because they know where to return to.
 */
export default function ChatLayout({ children }: { children: ReactNode }) {
  return (
    <ClientMessages namespaces={["chat", "contacts", "report", "fileSize", "longText", "form"]}>
      <div className="chat-frame lg:grid lg:grid-cols-[minmax(17rem,22rem)_minmax(0,1fr)] lg:grid-rows-[minmax(0,1fr)]">
        <aside className="chat-side flex min-h-0 flex-col border-line lg:border-r">
          <ChatListHead />
          <div className="min-h-0 grow px-2 pb-24 sm:pb-4 lg:overflow-y-auto">
            <NavigationSuspense skeleton={<ChatListSkeleton />}>
              <CurrentChatList />
            </NavigationSuspense>
          </div>
        </aside>
        <div className="chat-main min-h-0 min-w-0">{children}</div>
      </div>
    </ClientMessages>
  );
}

async function CurrentChatList() {
  const viewer = await getViewer();
  if (!viewer) return null;
  const page = await readForPage(listChats({ userId: viewer.id }, { limit: PAGE_SIZE }));
  return (
    <>
      <ChatList rendered={page} viewerId={viewer.id} renderedAt={Date.now()} />
      {page.items.length === 0 ? <GroupsToJoin viewerId={viewer.id} /> : null}
    </>
  );
}

/** Phones show nothing beside the list, so an empty one says what to do. */
async function GroupsToJoin({ viewerId }: { viewerId: string }) {
  const t = await getTranslations("chat");
  const groups = await getOpenGroups(viewerId);
  return (
    <section className="px-2 pt-6 lg:hidden">
      <h2 className="mb-3 font-semibold">{t("openGroups")}</h2>
      <OpenGroups groups={groups} />
    </section>
  );
}
