import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { DocsFrame, groupHref } from "@/app/_features/api-docs/docs-frame";
import { EndpointView } from "@/app/_features/api-docs/endpoint-view";
import { type ApiReference, readApiReference } from "@/app/_features/api-docs/openapi";

export async function generateMetadata({ params }: PageProps<"/docs/[group]">) {
  const [t, { group }, reference] = await Promise.all([getTranslations("docs"), params, readApiReference()]);
  const name = findGroup(reference, group)?.name;
  return name === undefined
    ? {}
    : { title: `${name} · ${t("title")}`, alternates: { canonical: groupHref(name) } };
}

/** The endpoints of one group. */
export default async function DocsGroupPage({ params }: PageProps<"/docs/[group]">) {
  const [{ group }, reference] = await Promise.all([params, readApiReference()]);
  const found = findGroup(reference, group);
  if (!reference || !found) notFound();
  return (
    <DocsFrame reference={reference} current={found.name}>
      <section aria-labelledby="group">
        <h2 id="group" className="display mb-3 text-2xl">
          {found.name}
        </h2>
        {found.endpoints.map((endpoint) => (
          <EndpointView key={endpoint.id} endpoint={endpoint} schemas={reference.schemas} />
        ))}
      </section>
    </DocsFrame>
  );
}

function findGroup(reference: ApiReference | null, slug: string) {
  return reference?.groups.find(({ name }) => encodeURIComponent(name) === slug);
}
