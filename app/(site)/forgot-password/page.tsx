import { getTranslations } from "next-intl/server";
import { AuthLayout } from "@/app/_features/account/auth-layout";
import { ForgotPasswordForm } from "@/app/_features/account/forgot-password-form";
import { getViewerIfKnown } from "@/app/_shell/viewer";

export async function generateMetadata() {
  const t = await getTranslations("recover");
  return { title: t("forgotTitle"), robots: { index: false } };
}

/** Also available while signed in, for users who have forgotten their password. */
export default async function ForgotPasswordPage() {
  const [t, viewer] = await Promise.all([getTranslations("recover"), getViewerIfKnown()]);
  return (
    <AuthLayout
      title={t("forgotTitle")}
      lead={t("forgotLead")}
      coverSeed="lost-and-found"
      alternative={
        viewer
          ? { question: t("remembered"), action: t("toSecurity"), href: "/me/security" }
          : { question: t("remembered"), action: t("signIn"), href: "/sign-in" }
      }
    >
      <ForgotPasswordForm email={viewer?.email ?? ""} />
    </AuthLayout>
  );
}
