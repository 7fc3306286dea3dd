import { getTranslations } from "next-intl/server";
import { Door } from "@/app/_features/account/auth-layout";
import { ConfirmAddress } from "@/app/_features/account/confirm-address";
import { DeadLink } from "@/app/_features/account/invalid-link";
import { viewerForFrame } from "@/app/_shell/viewer";

export async function generateMetadata() {
  const t = await getTranslations("recover");
  // As with the page for a new password: its address is a key.
  return { title: t("confirmTitle"), robots: { index: false }, referrer: "no-referrer" };
}

export default async function ConfirmEmailPage({ searchParams }: PageProps<"/confirm-email">) {
  const [t, { token }, viewer] = await Promise.all([
    getTranslations("recover"),
    searchParams,
    viewerForFrame(),
  ]);
  return (
    <Door title={t("confirmTitle")} lead={t("confirmLead")} art="sound check">
      {typeof token === "string" && token !== "" ? (
        <ConfirmAddress token={token} signedIn={viewer !== null} />
      ) : (
        <DeadLink text={t("confirmDead")} href="/me" action={t("toProfile")} />
      )}
    </Door>
  );
}
