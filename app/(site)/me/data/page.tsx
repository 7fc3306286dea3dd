import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { DeletionForm } from "@/app/_features/account/deletion-form";
import { DeletionSummary } from "@/app/_features/account/deletion-summary";
import { ExportButton } from "@/app/_features/account/export-button";
import { SettingsSection } from "@/app/_features/account/settings-section";
import { getViewer } from "@/app/_shell/viewer";

export async function generateMetadata() {
  const t = await getTranslations("myData");
  return { title: t("title"), robots: { index: false } };
}

/** Data export and account deletion. */
export default async function DataPage() {
  const [t, viewer] = await Promise.all([getTranslations("myData"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/me/data");
  return (
    <>
      <h1 className="sr-only">{t("title")}</h1>
      <SettingsSection id="export" title={t("export")} text={t("exportText")}>
        <ExportButton />
      </SettingsSection>
      <SettingsSection id="deletion" title={t("deletion")} text={t("deletionText")}>
        <div className="grid gap-6 sm:grid-cols-2">
          <DeletionSummary
            kind="goes"
            title={t("goes")}
            items={["profile", "posts", "goods", "bonuses", "sessions"]}
          />
          <DeletionSummary kind="stays" title={t("stays")} items={["bought", "orders", "views", "tokens"]} />
        </div>
        <DeletionForm email={viewer.email} />
      </SettingsSection>
    </>
  );
}
