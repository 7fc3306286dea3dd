import { useFormatter, useTranslations } from "next-intl";
import { Link } from "@/app/_ui/link";
import { NumberTable } from "@/app/_ui/number-table";
import type { ScannedKey } from "@/lib/ops";

interface Props {
  id: string;
  title: string;
  keys: readonly ScannedKey[];
  none: string;
}

/** Keys with their size and TTL; each leads to its value. */
export function KeyTable({ id, title, keys, none }: Props) {
  const t = useTranslations("redisConsole");
  const format = useFormatter();
  return (
    <section className="mt-12" aria-labelledby={id}>
      <h2 id={id} className="display text-2xl">
        {title}
      </h2>
      {keys.length === 0 ? (
        <p className="mt-3 text-muted">{none}</p>
      ) : (
        <NumberTable
          label={title}
          columns={[
            { heading: t("key") },
            { heading: t("kind"), wide: true },
            { heading: t("type"), wide: true },
            { heading: t("size") },
            { heading: t("ttl") },
          ]}
          rows={keys.map(({ key, kind, type, size, ttlSeconds }) => ({
            key,
            cells: [
              <Link
                key="key"
                href={{ pathname: "/admin/redis/keys", query: { key } }}
                className="inline-flex min-h-6 items-center break-all underline decoration-line-strong underline-offset-4 hover:decoration-ink"
              >
                {key}
              </Link>,
              kind ?? t("unknownKind"),
              type,
              format.number(size),
              ttlSeconds === null ? t("noTtl") : t("seconds", { count: ttlSeconds }),
            ],
          }))}
        />
      )}
    </section>
  );
}
