import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { AddressForm } from "@/app/_features/account/address-form";
import { ChangePasswordForm } from "@/app/_features/account/change-password-form";
import { SettingsSection } from "@/app/_features/account/settings-section";
import { getViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";

export async function generateMetadata() {
  const t = await getTranslations("security");
  return { title: t("title"), robots: { index: false } };
}

export default async function SecurityPage() {
  const [t, viewer] = await Promise.all([getTranslations("security"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/me/security");
  return (
    <>
      <h1 className="sr-only">{t("title")}</h1>
      <SettingsSection id="password" title={t("password")} text={t("passwordText")}>
        <ChangePasswordForm email={viewer.email} name={viewer.name} />
      </SettingsSection>
      <SettingsSection id="address" title={t("address")} text={t("addressText", { email: viewer.email })}>
        <AddressForm />
      </SettingsSection>
      <SettingsSection id="devices" title={t("devices")} text={t("devicesText")}>
        <Button asChild look="quiet">
          <Link href="/me/devices">{t("toDevices")}</Link>
        </Button>
      </SettingsSection>
    </>
  );
}
