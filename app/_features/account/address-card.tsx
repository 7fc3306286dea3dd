"use client";

import { Check, MailQuestionMark } from "lucide-react";
import { useTranslations } from "next-intl";
import { Link } from "@/app/_ui/link";
import { SendConfirmation } from "./send-confirmation";

/** The account's email address and whether it is confirmed. */
export function AddressCard({ email, confirmed }: { email: string; confirmed: boolean }) {
  const t = useTranslations("profile");
  const Icon = confirmed ? Check : MailQuestionMark;
  return (
    <>
      <p className="text-lg font-semibold [overflow-wrap:anywhere]">{email}</p>
      <p className="mt-1 flex items-center gap-2 text-sm text-muted">
        <Icon className={confirmed ? "size-4 text-mark" : "size-4 text-money"} aria-hidden="true" />
        {t(confirmed ? "confirmed" : "unconfirmed")}
        {confirmed ? (
          <>
            <span aria-hidden="true">·</span>
            <Link href="/me/security#address" className="font-semibold text-ink underline underline-offset-4">
              {t("change")}
            </Link>
          </>
        ) : null}
      </p>
      {confirmed ? null : (
        <div className="mt-4">
          <SendConfirmation />
        </div>
      )}
    </>
  );
}
