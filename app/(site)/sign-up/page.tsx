import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { AuthLayout } from "@/app/_features/account/auth-layout";
import { safeNextPath } from "@/app/_features/account/safe-next-path";
import { SignUpForm } from "@/app/_features/account/sign-up-form";
import { getViewerIfKnown } from "@/app/_shell/viewer";
import { REFERRAL_COOKIE } from "@/lib/bonuses";

export async function generateMetadata() {
  const t = await getTranslations("auth");
  return { title: t("signUp") };
}

/** The referral code comes from `?ref=`, or from the cookie that a referral link has set (app/(site)/r). */
export default async function SignUpPage({ searchParams }: PageProps<"/sign-up">) {
  const [t, query, viewer, cookieStore] = await Promise.all([
    getTranslations("auth"),
    searchParams,
    getViewerIfKnown(),
    cookies(),
  ]);
  const next = safeNextPath(query.next);
  if (viewer) redirect(next);
  const referralCode = typeof query.ref === "string" ? query.ref : cookieStore.get(REFERRAL_COOKIE)?.value;
  return (
    <AuthLayout
      title={t("signUpTitle")}
      lead={t("signUpLead")}
      coverSeed="opening-act"
      alternative={{
        question: t("haveAccount"),
        action: t("signIn"),
        href: `/sign-in?next=${encodeURIComponent(next)}`,
      }}
    >
      {/* Who came for something goes on with it. */}
      <SignUpForm next={next === "/" ? "/welcome" : next} referralCode={referralCode?.slice(0, 16) ?? ""} />
    </AuthLayout>
  );
}
