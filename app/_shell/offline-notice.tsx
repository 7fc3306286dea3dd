"use client";

import { CloudOff } from "lucide-react";
import { useRouter } from "next/navigation";
import { useFormatter, useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from "react";
import { useChannel } from "@/app/_data/realtime/channel-subscriptions";
import { useMounted } from "@/app/_ui/use-mounted";

interface Props {
  /** For whom the document was rendered; the service worker reads it there. */
  viewerId: string | null;
  /** When (ms since the epoch). */
  renderedAt: number;
}

/**
 * Says that there is no connection, and of a page that the service worker has kept when it was seen. A kept page says so
 * before its scripts run, by a style sheet (base.css) and the attribute `data-kept` of the document.
 */
export function OfflineNotice({ viewerId, renderedAt }: Props) {
  const t = useTranslations("shell");
  const format = useFormatter();
  const isMounted = useMounted();
  const isOnline = useSyncExternalStore(subscribeToConnection, readOnline, () => true);
  const isKept = useKeptPage(renderedAt);
  const timeZone = isMounted ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
  const time = format.dateTime(new Date(renderedAt), { dateStyle: "medium", timeStyle: "short", timeZone });
  return (
    <div
      role="status"
      data-viewer={viewerId ?? ""}
      data-offline={isOnline ? undefined : ""}
      className="offline-notice border-b border-line bg-raised/70 text-sm"
    >
      <p className="mx-auto flex min-h-11 max-w-[70rem] items-center gap-2.5 px-4 py-2 sm:px-8 lg:px-12">
        <CloudOff className="size-4 shrink-0 text-money" aria-hidden="true" />
        <span className="min-w-0">
          {isMounted && !isKept ? t("offline") : t("offlineKept", { time })}{" "}
          {isKept ? (
            <button
              type="button"
              onClick={() => window.location.reload()}
              className="font-semibold whitespace-nowrap underline underline-offset-4"
            >
              {t("offlineRetry")}
            </button>
          ) : null}
        </span>
      </p>
    </div>
  );
}

/** Whether the page is a kept one. It is read again as soon as the server answers. */
function useKeptPage(renderedAt: number): boolean {
  const router = useRouter();
  const [isKept, setIsKept] = useState(false);
  const documentRenderedAt = useRef(renderedAt);
  useEffect(() => {
    const { dataset } = document.documentElement;
    // Rendered again since, so it is the server's page.
    if (renderedAt !== documentRenderedAt.current) delete dataset.kept;
    setIsKept(dataset.kept !== undefined);
  }, [renderedAt]);
  const refresh = useEffectEvent(() => router.refresh());
  useEffect(() => {
    if (!isKept) return;
    addEventListener("online", refresh);
    return () => removeEventListener("online", refresh);
  }, [isKept]);
  // A public channel: its stream shows that the server answers.
  useChannel(isKept ? "views" : null, {
    on: {},
    onLive: (live) => (live ? refresh() : undefined),
  });
  return isKept;
}

function subscribeToConnection(notify: () => void): () => void {
  addEventListener("online", notify);
  addEventListener("offline", notify);
  return () => {
    removeEventListener("online", notify);
    removeEventListener("offline", notify);
  };
}

const readOnline = () => navigator.onLine;
