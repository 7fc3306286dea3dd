import { MailQuestionMark } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { Link } from "@/app/_ui/link";
import { getShellViewer } from "./viewer";

/** On every page until the viewer's address is confirmed: an account without one can neither sell nor write to strangers. */
export async function ConfirmNotice() {
  const viewer = await getShellViewer();
  if (viewer?.confirmed !== false) return null;
  const t = await getTranslations("shell");
  return (
    <p className="border-b border-line bg-raised/70 text-sm">
      <Link
        href="/me#email"
        className="mx-auto flex min-h-11 max-w-[70rem] items-center gap-2.5 px-4 py-2 sm:px-8 lg:px-12"
      >
        <MailQuestionMark className="size-4 shrink-0 text-money" aria-hidden="true" />
        <span className="min-w-0 text-muted">
          {t("confirmAddress")}{" "}
          <span className="font-semibold whitespace-nowrap text-ink underline underline-offset-4">
            {t("confirmAddressAction")}
          </span>
        </span>
      </Link>
    </p>
  );
}
