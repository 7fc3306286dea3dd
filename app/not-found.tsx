import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { Page } from "./_components/shell/page";
import { Button } from "./_components/ui/button";
import { Notice } from "./_components/ui/notice";

export async function generateMetadata() {
  const t = await getTranslations("notFound");
  return { title: t("title") };
}

export default async function NotFound() {
  const t = await getTranslations("notFound");
  return (
    <Page>
      <Notice title={t("title")} text={t("text")}>
        <Button asChild size="large">
          <Link href="/" prefetch={false}>
            {t("action")}
          </Link>
        </Button>
      </Notice>
    </Page>
  );
}
