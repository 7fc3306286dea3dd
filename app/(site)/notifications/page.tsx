import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Inbox } from "@/app/_features/notifications/inbox";
import { InboxSkeleton } from "@/app/_features/notifications/inbox-skeleton";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { listNotifications } from "@/lib/notifications";
import { notificationPageQuerySchema } from "@/lib/schemas/notification";

export async function generateMetadata() {
  const t = await getTranslations("notifications");
  return { title: t("title"), robots: { index: false } };
}

export default async function NotificationsPage({ searchParams }: PageProps<"/notifications">) {
  const { cursor } = await searchParams;
  return (
    <Page className="pt-8 sm:pt-12">
      <NavigationSuspense key={String(cursor)} skeleton={<InboxSkeleton />}>
        <CurrentInbox cursor={parseCursorParam(cursor)} />
      </NavigationSuspense>
    </Page>
  );
}

async function CurrentInbox({ cursor }: { cursor: string | undefined }) {
  const viewer = await getViewer();
  if (!viewer) redirect("/sign-in?next=/notifications");
  const page = await readForPage(listNotifications({ userId: viewer.id }, { cursor }));
  return <Inbox {...page} continued={cursor !== undefined} renderedAt={Date.now()} />;
}

/** Ignores a cursor that does not parse, so that a mangled link still opens the list. */
function parseCursorParam(cursor: unknown): string | undefined {
  const parsed = notificationPageQuerySchema.safeParse({ cursor });
  return parsed.success ? parsed.data.cursor : undefined;
}
