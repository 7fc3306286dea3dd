import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { ChatSync } from "@/app/_features/chat/chat-sync";
import { PlayerHost } from "@/app/_features/player/player-host";
import { SearchMenuHost } from "@/app/_features/search/search-menu-host";
import { AlertNotice } from "./alert-notice";
import { ConfirmNotice } from "./confirm-notice";
import { LiveNotifications } from "./live-notifications";
import { AnonymousStream, LiveViewCounts } from "./live-view-counts";
import { HydrationMarker } from "./navigation-suspense";
import { OfflineNotice } from "./offline-notice";
import { PageKeeper } from "./page-keeper";
import { PasswordPrompt } from "./password-prompt";
import { BottomBar, TopBar } from "./phone-bars";
import { Rail } from "./rail";
import { SessionRefresh } from "./session-refresh";
import { SettingsPopover } from "./settings-popover";
import {
  getShellStreamStart,
  getShellUnreadCount,
  getShellUnreadMessageCount,
  getShellViewer,
} from "./viewer";

/**
 * The frame of every page: the rail, or the two bars of a phone, and the background light. Its parts read what they
 * need by themselves, so that the page begins to read at the same time.
 */
export async function Shell({ children }: { children: ReactNode }) {
  const t = await getTranslations("shell");
  return (
    <>
      <a
        href="#content"
        className="fixed top-3 left-3 z-50 -translate-y-24 rounded-full bg-accent px-5 py-3 font-semibold text-on-accent focus:translate-y-0"
      >
        {t("skip")}
      </a>
      <div className="stage-light" aria-hidden="true" />
      <div className="sm:flex">
        <Navigation />
        <SettingsPopover />
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <ConnectionNotice />
          <AlertNotice />
          <ConfirmNotice />
          {children}
        </main>
      </div>
      <div className="fixed inset-x-0 bottom-(--dock-height) z-30 sm:left-20 lg:left-62">
        <CurrentPlayer />
      </div>
      <HydrationMarker />
      <PageKeeper />
      <LiveParts />
    </>
  );
}

/** All of it before the page, for the keyboard and screen readers. */
async function Navigation() {
  const [viewer, unread, unreadMessages] = await Promise.all([
    getShellViewer(),
    getShellUnreadCount(),
    getShellUnreadMessageCount(),
  ]);
  return (
    <>
      <TopBar viewer={viewer} unread={unread} />
      <Rail viewer={viewer} unread={unread} unreadMessages={unreadMessages} />
      <BottomBar viewer={viewer} unreadMessages={unreadMessages} />
    </>
  );
}

async function ConnectionNotice() {
  const viewer = await getShellViewer();
  return <OfflineNotice viewerId={viewer?.id ?? null} renderedAt={Date.now()} />;
}

async function CurrentPlayer() {
  const viewer = await getShellViewer();
  return <PlayerHost viewerId={viewer?.id ?? null} />;
}

/** What keeps an open page up to date. */
async function LiveParts() {
  const [viewer, unreadMessages, { chatIds, cursors }] = await Promise.all([
    getShellViewer(),
    getShellUnreadMessageCount(),
    getShellStreamStart(),
  ]);
  return (
    <>
      {viewer ? (
        <>
          <SessionRefresh userId={viewer.id} cursors={cursors} />
          <ChatSync viewerId={viewer.id} unread={unreadMessages} chatIds={chatIds} />
          <LiveNotifications viewerId={viewer.id} />
          <PasswordPrompt email={viewer.email} />
        </>
      ) : (
        <AnonymousStream />
      )}
      <LiveViewCounts signedIn={viewer !== null} />
      <SearchMenuHost viewer={viewer && { role: viewer.role }} />
    </>
  );
}
