import { getTranslations } from "next-intl/server";
import { DocsFrame, groupHref } from "@/app/_features/api-docs/docs-frame";
import { EndpointLine } from "@/app/_features/api-docs/endpoint-view";
import { readApiReference } from "@/app/_features/api-docs/openapi";
import { SchemaView } from "@/app/_features/api-docs/schema-view";
import { Page } from "@/app/_shell/page";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";

export async function generateMetadata() {
  const t = await getTranslations("docs");
  return { title: t("title"), description: t("lead") };
}

/** All endpoints, a line each. What they take and answer is on the page of their group: together it is 1.6 MB. */
export default async function DocsPage() {
  const [t, reference] = await Promise.all([getTranslations("docs"), readApiReference()]);
  if (!reference) {
    return (
      <Page>
        <EmptyState title={t("emptyTitle")} text={t("emptyText")} />
      </Page>
    );
  }
  return (
    <DocsFrame reference={reference} current={null}>
      {reference.groups.map(({ name, endpoints }) => (
        <section key={name} id={name} className="scroll-mt-8">
          <h2 className="display mb-3 text-2xl">
            <Link href={groupHref(name)}>{name}</Link>
          </h2>
          <ul>
            {endpoints.map((endpoint) => (
              <li key={endpoint.id} className="border-b border-line">
                {/* Not by the router, which would not open the details. */}
                <a href={`${groupHref(name)}#${endpoint.id}`} className="block rounded-lg hover:bg-ink/4">
                  <EndpointLine endpoint={endpoint} />
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {reference.failure ? (
        <section id="failures" className="scroll-mt-8">
          <h2 className="display mb-3 text-2xl">{t("failures")}</h2>
          <p className="mb-4 max-w-[60ch] text-muted">{t("failuresText")}</p>
          <SchemaView schema={reference.failure} schemas={reference.schemas} />
        </section>
      ) : null}
    </DocsFrame>
  );
}
