import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { AuthLayout } from "@/app/_features/account/auth-layout";
import { AuthNote } from "@/app/_features/account/auth-note";
import { safeNextPath } from "@/app/_features/account/safe-next-path";
import { SignInForm } from "@/app/_features/account/sign-in-form";
import { getViewerIfKnown } from "@/app/_shell/viewer";

export async function generateMetadata() {
  const t = await getTranslations("auth");
  return { title: t("signIn"), robots: { index: false } };
}

/** `?ended` follows an ended session, `?reset` a password reset, and `?deleted` an account deletion. */
export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const [t, query, viewer] = await Promise.all([getTranslations("auth"), searchParams, getViewerIfKnown()]);
  const next = safeNextPath(query.next);
  if (viewer) redirect(next);
  const reason = (["deleted", "reset", "ended"] as const).find((key) => query[key] !== undefined);
  const note = reason ? t(`${reason}Note`) : null;
  return (
    <AuthLayout
      title={t("signInTitle")}
      lead={t("signInLead")}
      coverSeed="after-hours"
      alternative={{
        question: t("noAccount"),
        action: t("signUp"),
        href: `/sign-up?next=${encodeURIComponent(next)}`,
      }}
    >
      {note ? <AuthNote>{note}</AuthNote> : null}
      <SignInForm next={next} />
    </AuthLayout>
  );
}
