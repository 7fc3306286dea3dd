import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Door } from "@/app/_components/auth/door";
import { safeNextPath } from "@/app/_components/auth/next-path";
import { SignUpForm } from "@/app/_components/auth/sign-up-form";
import { viewerForFrame } from "@/app/_components/shell/viewer";

export async function generateMetadata() {
  const t = await getTranslations("auth");
  return { title: t("signUp") };
}

/** `?ref=` fills in the referral code, for invitations sent as a link. */
export default async function SignUpPage({ searchParams }: PageProps<"/sign-up">) {
  const [t, query, viewer] = await Promise.all([getTranslations("auth"), searchParams, viewerForFrame()]);
  const next = safeNextPath(query.next);
  if (viewer) redirect(next);
  return (
    <Door
      title={t("signUpTitle")}
      lead={t("signUpLead")}
      art="opening act"
      other={{
        question: t("haveAccount"),
        answer: t("signIn"),
        href: `/sign-in?next=${encodeURIComponent(next)}`,
      }}
    >
      <SignUpForm next={next} referralCode={typeof query.ref === "string" ? query.ref.slice(0, 16) : ""} />
    </Door>
  );
}
