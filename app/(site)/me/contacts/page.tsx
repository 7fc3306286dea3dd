import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { SettingsSection } from "@/app/_features/account/settings-section";
import { BlockedPeople } from "@/app/_features/contacts/blocked-people";
import { ContactPolicyForm } from "@/app/_features/contacts/contact-policy-form";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { listBlocks } from "@/lib/contacts";
import { getPreferences } from "@/lib/notifications";

export async function generateMetadata() {
  const t = await getTranslations("contacts");
  return { title: t("title"), robots: { index: false } };
}

export default async function ContactsPage() {
  const [t, viewer] = await Promise.all([getTranslations("contacts"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/me/contacts");
  const caller = { userId: viewer.id };
  const [{ items }, { contactPolicy }] = await Promise.all([
    readForPage(listBlocks(caller)),
    readForPage(getPreferences(caller)),
  ]);
  return (
    <>
      <h1 className="sr-only">{t("title")}</h1>
      <SettingsSection id="policy" title={t("policyTitle")} text={t("policyIntro")}>
        <ContactPolicyForm saved={contactPolicy} />
      </SettingsSection>
      <SettingsSection id="blocked" title={t("blockedTitle")} text={t("blockedText")}>
        <BlockedPeople blocks={items} />
      </SettingsSection>
    </>
  );
}
