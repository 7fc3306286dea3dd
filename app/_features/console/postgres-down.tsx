import { useTranslations } from "next-intl";
import { Page } from "@/app/_shell/page";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";

/** The console without its ledger: says so, and what that means. */
export function PostgresDown({ path }: { path: string }) {
  const t = useTranslations("console");
  return (
    <Page>
      <div role="alert">
        <EmptyState title={t("postgresTitle")} text={t("postgresText")}>
          <Button asChild size="large">
            {/* a whole new document: the frame was rendered without Postgres too */}
            <a href={path}>{t("retry")}</a>
          </Button>
        </EmptyState>
      </div>
    </Page>
  );
}
