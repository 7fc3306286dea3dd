import { getTranslations } from "next-intl/server";
import { Door } from "@/app/_features/account/auth-layout";
import { ForgotForm } from "@/app/_features/account/forgot-password-form";
import { viewerForFrame } from "@/app/_shell/viewer";

export async function generateMetadata() {
  const t = await getTranslations("recover");
  return { title: t("forgotTitle"), robots: { index: false } };
}

/** Also for people who are signed in and do not know their password any more. */
export default async function ForgotPasswordPage() {
  const [t, viewer] = await Promise.all([getTranslations("recover"), viewerForFrame()]);
  return (
    <Door
      title={t("forgotTitle")}
      lead={t("forgotLead")}
      art="lost and found"
      other={
        viewer
          ? { question: t("remembered"), answer: t("toSecurity"), href: "/me/security" }
          : { question: t("remembered"), answer: t("signIn"), href: "/sign-in" }
      }
    >
      <ForgotForm email={viewer?.email ?? ""} />
    </Door>
  );
}
