import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { cn } from "@/app/_ui/cn";
import { describeType, resolveSchema } from "./describe-type";
import type { Endpoint, Method, Operation, Schema } from "./openapi";
import { FieldLine, SchemaView } from "./schema-view";

/** Reads are quiet, writes stand out, and deletes look like a warning. */
const METHOD_CLASSES: Record<Method, string> = {
  get: "bg-ink/8 text-ink",
  post: "bg-ink text-ground",
  put: "bg-ink text-ground",
  patch: "bg-ink text-ground",
  delete: "bg-danger-ground text-danger",
};

function MethodBadge({ method }: { method: Method }) {
  return (
    <span
      className={cn(
        "inline-block min-w-14 rounded-md px-2 py-0.5 text-center font-mono text-xs font-bold uppercase",
        METHOD_CLASSES[method],
      )}
    >
      {method}
    </span>
  );
}

interface Props {
  endpoint: Endpoint;
  schemas: Record<string, Schema>;
}

/** An endpoint in one line. */
export function EndpointLine({ endpoint }: { endpoint: Endpoint }) {
  const t = useTranslations("docs");
  const auth = requiredAuth(endpoint.operation);
  return (
    <span className="flex flex-wrap items-baseline gap-x-4 gap-y-1 py-3.5">
      <MethodBadge method={endpoint.method} />
      <code className="font-mono text-sm font-semibold break-all">{endpoint.path}</code>
      <span className="text-sm text-muted">{endpoint.operation.summary}</span>
      {auth ? <span className="text-xs text-faint sm:ml-auto">{t(`needs.${auth}`)}</span> : null}
    </span>
  );
}

/** Collapsed to one line until it is opened, so that the list stays easy to scan. */
export function EndpointView({ endpoint, schemas }: Props) {
  const t = useTranslations("docs");
  const { operation } = endpoint;
  const body = contentSchema(operation.requestBody?.content);
  const responses = Object.entries(operation.responses ?? {});
  return (
    <details className="border-b border-line">
      <summary className="list-none rounded-lg hover:bg-ink/4 [&::-webkit-details-marker]:hidden">
        <EndpointLine endpoint={endpoint} />
      </summary>
      {/* A link to something inside opens the details. */}
      <div id={endpoint.id} className="grid scroll-mt-32 gap-7 pt-2 pb-8 sm:pl-18">
        {operation.description ? <p className="max-w-[64ch] text-muted">{operation.description}</p> : null}
        {operation.parameters && operation.parameters.length > 0 ? (
          <DocSection title={t("parameters")}>
            <ul className="divide-y divide-line">
              {operation.parameters.map((parameter) => (
                <li key={parameter.in + parameter.name} className="py-2">
                  <FieldLine
                    name={parameter.name}
                    type={describeType(resolveSchema(parameter.schema ?? {}, schemas), t("arrayOf"))}
                    required={parameter.required ?? false}
                    description={parameter.description}
                    location={t(`in.${parameter.in}`)}
                  />
                </li>
              ))}
            </ul>
          </DocSection>
        ) : null}
        {body ? (
          <DocSection title={t("body")}>
            <SchemaView schema={body} schemas={schemas} showsRequired />
          </DocSection>
        ) : null}
        {responses.length > 0 ? (
          <DocSection title={t("responses")}>
            {responses.map(([status, response]) => {
              // All errors share one schema, which is shown once at the end of the page.
              const schema = status.startsWith("2") ? contentSchema(response.content) : undefined;
              return (
                <div key={status} className="py-2">
                  <p className="flex items-baseline gap-3 text-sm">
                    <code className="font-mono font-bold">{status}</code>
                    <span className="text-muted">{response.description}</span>
                  </p>
                  {schema ? <SchemaView schema={schema} schemas={schemas} depth={1} /> : null}
                </div>
              );
            })}
          </DocSection>
        ) : null}
      </div>
    </details>
  );
}

function DocSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h3 className="mb-1 text-sm font-semibold">{title}</h3>
      {children}
    </section>
  );
}

/** What the endpoint requires: a session, the cron secret or a QStash signature. */
function requiredAuth({ security }: Operation): "session" | "cron" | "qstash" | null {
  const schemes = new Set(security?.flatMap((requirement) => Object.keys(requirement)));
  if (schemes.size === 0) return null;
  if (schemes.has("cron")) return "cron";
  return schemes.has("qstash") ? "qstash" : "session";
}

export function contentSchema(
  content: Record<string, { schema?: Schema | undefined }> | undefined,
): Schema | undefined {
  return Object.values(content ?? {})[0]?.schema;
}
