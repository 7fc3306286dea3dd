import { getTranslations } from "next-intl/server";
import { AuthLayout } from "@/app/_features/account/auth-layout";
import { ConfirmAddress } from "@/app/_features/account/confirm-address";
import { InvalidLink } from "@/app/_features/account/invalid-link";
import { getViewerIfKnown } from "@/app/_shell/viewer";

export async function generateMetadata() {
  const t = await getTranslations("recover");
  // The URL holds a secret token, as on the reset-password page, so no referrer is sent.
  return { title: t("confirmTitle"), robots: { index: false }, referrer: "no-referrer" };
}

export default async function ConfirmEmailPage({ searchParams }: PageProps<"/confirm-email">) {
  const [t, { token }, viewer] = await Promise.all([
    getTranslations("recover"),
    searchParams,
    getViewerIfKnown(),
  ]);
  return (
    <AuthLayout title={t("confirmTitle")} lead={t("confirmLead")} coverSeed="sound-check">
      {typeof token === "string" && token !== "" ? (
        <ConfirmAddress token={token} signedIn={viewer !== null} />
      ) : (
        <InvalidLink text={t("confirmDead")} href="/me" action={t("toProfile")} />
      )}
    </AuthLayout>
  );
}
