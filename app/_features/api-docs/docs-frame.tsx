import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Page, PageTitle } from "@/app/_shell/page";
import { Link } from "@/app/_ui/link";
import type { ApiReference } from "./openapi";

export const groupHref = (name: string) => `/docs/${encodeURIComponent(name)}`;

interface Props {
  reference: ApiReference;
  /** The open group; null: the list of all. */
  current: string | null;
  children: ReactNode;
}

/** The frame of the reference: its title, and its groups beside one page of it. */
export function DocsFrame({ reference, current, children }: Props) {
  const t = useTranslations("docs");
  const linkClass =
    "inline-block py-1 text-sm text-muted hover:text-ink aria-[current]:font-semibold aria-[current]:text-ink";
  return (
    <Page className="pt-8 sm:pt-12">
      <PageTitle>{t("title")}</PageTitle>
      <p className="mt-4 max-w-[60ch] text-muted sm:text-lg">{t("lead")}</p>
      <p className="tabular mt-2 text-sm text-faint">{t("version", { version: reference.version })}</p>
      <div className="mt-10 gap-12 lg:grid lg:grid-cols-[10rem_minmax(0,1fr)]">
        <nav aria-label={t("contents")} className="mb-8 lg:sticky lg:top-8 lg:self-start">
          <ul className="flex flex-wrap gap-x-4 gap-y-1 lg:flex-col">
            <li>
              <Link href="/docs" aria-current={current === null ? "page" : undefined} className={linkClass}>
                {t("all")}
              </Link>
            </li>
            {reference.groups.map(({ name }) => (
              <li key={name}>
                <Link
                  href={groupHref(name)}
                  aria-current={current === name ? "page" : undefined}
                  className={linkClass}
                >
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="flex min-w-0 flex-col gap-14">{children}</div>
      </div>
    </Page>
  );
}
