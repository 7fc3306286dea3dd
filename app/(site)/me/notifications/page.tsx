import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { NotificationLevelsForm } from "@/app/_features/account/notification-levels-form";
import { PreferenceSwitch } from "@/app/_features/account/preference-switch";
import { SettingsSection } from "@/app/_features/account/settings-section";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { Link } from "@/app/_ui/link";
import { allowedLevels, getPreferences, preferenceKinds } from "@/lib/notifications";

export async function generateMetadata() {
  const t = await getTranslations("preferences");
  return { title: t("title"), robots: { index: false } };
}

export default async function PreferencesPage() {
  const [t, viewer] = await Promise.all([getTranslations("preferences"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/me/notifications");
  const { hidesPresence, notifications, telegram } = await readForPage(getPreferences({ userId: viewer.id }));
  return (
    <>
      <h1 className="sr-only">{t("title")}</h1>
      <SettingsSection id="levels" title={t("levels")} text={t("levelsText")}>
        <NotificationLevelsForm
          kinds={preferenceKinds.map((kind) => ({ kind, levels: allowedLevels(kind) }))}
          saved={notifications}
        />
      </SettingsSection>
      <SettingsSection id="telegram" title={t("telegram")} text={t("telegramText")}>
        {telegram === null ? (
          <p className="text-pretty">
            {t("telegramUnlinked")}{" "}
            <Link href="/me/devices#telegram" className="font-semibold underline">
              {t("linkTelegram")}
            </Link>
          </p>
        ) : (
          <PreferenceSwitch preference="telegram" label={t("sendToTelegram")} saved={telegram} />
        )}
      </SettingsSection>
      <SettingsSection id="presence" title={t("presence")} text={t("presenceText")}>
        <PreferenceSwitch preference="hidesPresence" label={t("hide")} saved={hidesPresence} />
      </SettingsSection>
    </>
  );
}
