import { getTranslations } from "next-intl/server";
import { Door } from "@/app/_features/account/auth-layout";
import { DoorNote } from "@/app/_features/account/auth-note";
import { DeadLink } from "@/app/_features/account/invalid-link";
import { ResetForm } from "@/app/_features/account/reset-password-form";
import { viewerForFrame } from "@/app/_shell/viewer";

export async function generateMetadata() {
  const t = await getTranslations("recover");
  // The address of this page is a key: no other site is to be told of it.
  return { title: t("resetTitle"), robots: { index: false }, referrer: "no-referrer" };
}

/** Where the link of a mail leads. Looking at it uses nothing up: mail programs look at links too. */
export default async function ResetPasswordPage({ searchParams }: PageProps<"/reset-password">) {
  const [t, { token }, viewer] = await Promise.all([
    getTranslations("recover"),
    searchParams,
    viewerForFrame(),
  ]);
  return (
    <Door
      title={t("resetTitle")}
      lead={t("resetLead")}
      art="new strings"
      other={{ question: t("remembered"), answer: t("signIn"), href: "/sign-in" }}
    >
      {viewer ? <DoorNote>{t("signedInAs", { name: viewer.name })}</DoorNote> : null}
      {typeof token === "string" && token !== "" ? (
        <ResetForm token={token} />
      ) : (
        <DeadLink text={t("resetDead")} href="/forgot-password" action={t("newLink")} />
      )}
    </Door>
  );
}
