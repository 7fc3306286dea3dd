import { useTranslations } from "next-intl";
import { Page } from "@/app/_shell/page";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";

/** Shown instead of a console page while Postgres is unavailable. */
export function PostgresDown({ path }: { path: string }) {
  const t = useTranslations("console");
  return (
    <Page>
      <div role="alert">
        <EmptyState title={t("postgresTitle")} text={t("postgresText")}>
          <Button asChild size="large">
            {/* A full page load: the shell was rendered without Postgres too. */}
            <a href={path}>{t("retry")}</a>
          </Button>
        </EmptyState>
      </div>
    </Page>
  );
}
