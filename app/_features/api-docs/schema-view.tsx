import { useTranslations } from "next-intl";
import { describeType, resolveSchema } from "./describe-type";
import type { Schema } from "./openapi";

/** Deeper than any body of this API; stops the recursion of a schema that refers to itself. */
const MAX_DEPTH = 5;

interface Props {
  schema: Schema;
  schemas: Record<string, Schema>;
  depth?: number;
  /** Whether to mark required fields: for request bodies, not for responses. */
  showsRequired?: boolean;
}

/** The fields of a body, one line each, with nested fields indented. */
export function SchemaView({ schema, schemas, depth = 0, showsRequired = false }: Props) {
  const t = useTranslations("docs");
  const body = unwrapSchema(resolveSchema(schema, schemas), schemas);
  if (!body.properties || depth > MAX_DEPTH) {
    return (
      <p className="font-mono text-sm text-muted">
        {describeType(resolveSchema(schema, schemas), t("arrayOf"))}
      </p>
    );
  }
  return (
    <ul className={depth > 0 ? "mt-2 border-l border-line pl-4" : "divide-y divide-line"}>
      {Object.entries(body.properties).map(([name, field]) => {
        const fieldSchema = resolveSchema(field, schemas);
        return (
          <li key={name} className="py-2">
            <FieldLine
              name={name}
              type={describeType(fieldSchema.properties ? { type: "object" } : fieldSchema, t("arrayOf"))}
              required={showsRequired && (body.required?.includes(name) ?? false)}
              description={fieldSchema.description}
            />
            {unwrapSchema(fieldSchema, schemas).properties ? (
              <SchemaView
                schema={fieldSchema}
                schemas={schemas}
                depth={depth + 1}
                showsRequired={showsRequired}
              />
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

/** Returns the item schema of a list, or the object among alternatives such as `object | null`. */
function unwrapSchema(schema: Schema, schemas: Record<string, Schema>): Schema {
  if (schema.items) return unwrapSchema(resolveSchema(schema.items, schemas), schemas);
  const variants = schema.anyOf ?? schema.oneOf;
  const object = variants
    ?.map((variant) => resolveSchema(variant, schemas))
    .find((variant) => variant.properties);
  return object ?? schema;
}

interface FieldLineProps {
  name: string;
  type: string;
  required: boolean;
  description?: string | undefined;
  location?: string;
}

export function FieldLine({ name, type, required, description, location }: FieldLineProps) {
  const t = useTranslations("docs");
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <code className="font-mono text-sm font-semibold">{name}</code>
        <span className="font-mono text-xs break-all text-muted">{type}</span>
        {location ? <span className="text-xs text-faint">{location}</span> : null}
        {required ? <span className="text-xs font-medium text-ink">{t("required")}</span> : null}
      </p>
      {description ? <p className="mt-0.5 max-w-[64ch] text-sm text-muted">{description}</p> : null}
    </>
  );
}
