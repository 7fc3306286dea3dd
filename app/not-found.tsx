import { getTranslations } from "next-intl/server";
import { Page } from "@/app/_shell/page";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";

export async function generateMetadata() {
  const t = await getTranslations("notFound");
  return { title: t("title") };
}

export default async function NotFound() {
  const t = await getTranslations("notFound");
  return (
    <Page>
      <EmptyState title={t("title")} text={t("text")}>
        <Button asChild size="large">
          <Link href="/">{t("action")}</Link>
        </Button>
      </EmptyState>
    </Page>
  );
}
