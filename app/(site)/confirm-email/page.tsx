import { getTranslations } from "next-intl/server";
import { ConfirmAddress } from "@/app/_components/auth/confirm-address";
import { DeadLink } from "@/app/_components/auth/dead-link";
import { Door } from "@/app/_components/auth/door";
import { viewerForFrame } from "@/app/_components/shell/viewer";

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
