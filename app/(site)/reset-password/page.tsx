import { getTranslations } from "next-intl/server";
import { AuthLayout } from "@/app/_features/account/auth-layout";
import { AuthNote } from "@/app/_features/account/auth-note";
import { InvalidLink } from "@/app/_features/account/invalid-link";
import { ResetPasswordForm } from "@/app/_features/account/reset-password-form";
import { getShellViewer } from "@/app/_shell/viewer";

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
    getShellViewer(),
  ]);
  return (
    <AuthLayout
      title={t("resetTitle")}
      lead={t("resetLead")}
      coverSeed="new strings"
      alternative={{ question: t("remembered"), action: t("signIn"), href: "/sign-in" }}
    >
      {viewer ? <AuthNote>{t("signedInAs", { name: viewer.name })}</AuthNote> : null}
      {typeof token === "string" && token !== "" ? (
        <ResetPasswordForm token={token} />
      ) : (
        <InvalidLink text={t("resetDead")} href="/forgot-password" action={t("newLink")} />
      )}
    </AuthLayout>
  );
}
