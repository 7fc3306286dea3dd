import { TriangleAlert } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { Link } from "@/app/_ui/link";
import { countOpenAlerts } from "@/lib/tasks/open-alerts";
import { readForPage, toNullWhenUnavailable } from "./read-for-page";
import { getShellViewer } from "./viewer";

/** On every page of an administrator, while an alert is open. */
export async function AlertNotice() {
  const viewer = await getShellViewer();
  if (viewer?.role !== "admin") return null;
  const count = await readForPage(countOpenAlerts()).catch(toNullWhenUnavailable);
  if (!count) return null;
  const t = await getTranslations("alertConsole");
  return (
    <p className="border-b border-line bg-danger-ground text-danger">
      <Link
        href="/admin/alerts"
        className="mx-auto flex min-h-11 max-w-[70rem] items-center gap-2 px-4 text-sm font-semibold underline underline-offset-4 sm:px-8 lg:px-12"
      >
        <TriangleAlert className="size-4 shrink-0" aria-hidden="true" />
        {t("open", { count })}
      </Link>
    </p>
  );
}
