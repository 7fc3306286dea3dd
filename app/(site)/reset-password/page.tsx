import { getTranslations } from "next-intl/server";
import { AuthLayout } from "@/app/_features/account/auth-layout";
import { AuthNote } from "@/app/_features/account/auth-note";
import { InvalidLink } from "@/app/_features/account/invalid-link";
import { ResetPasswordForm } from "@/app/_features/account/reset-password-form";
import { getViewerIfKnown } from "@/app/_shell/viewer";
import { isolate } from "@/lib/schemas/isolate";

export async function generateMetadata() {
  const t = await getTranslations("recover");
  // The URL holds a secret token, so no referrer is sent.
  return { title: t("resetTitle"), robots: { index: false }, referrer: "no-referrer" };
}

/** The target of the mailed link. Opening it does not use up the token: mail scanners open links too. */
export default async function ResetPasswordPage({ searchParams }: PageProps<"/reset-password">) {
  const [t, { token }, viewer] = await Promise.all([
    getTranslations("recover"),
    searchParams,
    getViewerIfKnown(),
  ]);
  return (
    <AuthLayout
      title={t("resetTitle")}
      lead={t("resetLead")}
      coverSeed="new-strings"
      alternative={{ question: t("remembered"), action: t("signIn"), href: "/sign-in" }}
    >
      {viewer ? <AuthNote>{t("signedInAs", { name: isolate(viewer.name) })}</AuthNote> : null}
      {typeof token === "string" && token !== "" ? (
        <ResetPasswordForm token={token} />
      ) : (
        <InvalidLink text={t("resetDead")} href="/forgot-password" action={t("newLink")} />
      )}
    </AuthLayout>
  );
}
