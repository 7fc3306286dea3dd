import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { AddressCard } from "@/app/_features/account/address-card";
import { HandleForm } from "@/app/_features/account/handle-form";
import { NameForm } from "@/app/_features/account/name-form";
import { ProfileForm } from "@/app/_features/account/profile-form";
import { RoleCard } from "@/app/_features/account/role-card";
import { SettingsSection } from "@/app/_features/account/settings-section";
import { SignOutButton } from "@/app/_features/account/sign-out-button";
import { getUploadSettings } from "@/app/_features/uploads/upload-settings";
import { LanguageSwitch } from "@/app/_shell/language-switch";
import { ThemeSwitch } from "@/app/_shell/theme-switch";
import { getViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { ClientMessages } from "@/app/i18n/client-messages";
import { getOwnPerson } from "./get-own-person";

export async function generateMetadata() {
  const t = await getTranslations("me");
  return { title: t("title"), robots: { index: false } };
}

export default async function ProfilePage() {
  const [t, me, viewer] = await Promise.all([getTranslations("profile"), getTranslations("me"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/me");
  const person = await getOwnPerson();
  return (
    <>
      <h1 className="sr-only">{me("title")}</h1>
      <SettingsSection id="name" title={t("name")} text={t("nameText")}>
        <NameForm name={viewer.name} />
        {person ? <HandleForm handle={person.handle} /> : null}
        <Button asChild look="quiet" className="mt-4">
          <Link href="/u/me">{t("ownPage")}</Link>
        </Button>
      </SettingsSection>
      {person ? (
        <SettingsSection id="about" title={t("about")} text={t("aboutText")}>
          <ClientMessages namespaces={["uploads", "fileSize"]}>
            <ProfileForm person={person} uploadSettings={getUploadSettings()} />
          </ClientMessages>
        </SettingsSection>
      ) : null}
      <SettingsSection id="email" title={t("email")} text={t("emailText")}>
        <AddressCard email={viewer.email} confirmed={viewer.confirmed} />
      </SettingsSection>
      <SettingsSection id="role" title={t("role")} text={t("roleText")}>
        <RoleCard role={viewer.role} confirmed={viewer.confirmed} />
      </SettingsSection>
      <SettingsSection id="language" title={t("language")} text={t("languageText")}>
        <div className="flex flex-wrap gap-3">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </SettingsSection>
      <SettingsSection id="orders" title={me("orders")} text={me("ordersText")}>
        <Button asChild look="quiet">
          <Link href="/orders">{me("ordersOpen")}</Link>
        </Button>
      </SettingsSection>
      <SettingsSection id="bonuses" title={me("bonuses")} text={me("bonusesText")}>
        <Button asChild look="quiet">
          <Link href="/bonuses">{me("bonusesOpen")}</Link>
        </Button>
      </SettingsSection>
      <SettingsSection id="session" title={me("session")} text={me("sessionText")}>
        <div className="flex flex-wrap items-start gap-3">
          <SignOutButton />
          <Button asChild look="plain">
            <Link href="/me/devices">{t("toDevices")}</Link>
          </Button>
        </div>
      </SettingsSection>
    </>
  );
}
