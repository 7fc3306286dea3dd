import { getTranslations } from "next-intl/server";
import { Page } from "@/app/_shell/page";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";

export default async function PersonNotFound() {
  const [t, post] = await Promise.all([getTranslations("person"), getTranslations("post")]);
  return (
    <Page>
      <EmptyState title={t("notFoundTitle")} text={t("notFoundText")}>
        <Button asChild size="large">
          <Link href="/">{post("back")}</Link>
        </Button>
      </EmptyState>
    </Page>
  );
}
