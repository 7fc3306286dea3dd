import { useFormatter, useTranslations } from "next-intl";
import { OperatorAction } from "@/app/_features/console/operator-action";
import type { RedisKey } from "@/lib/ops";

const DEFAULT_TTL_SECONDS = 86_400;

/** One key: what it is, what it is for, the beginning of its value, and what can be done about it. */
export function KeyCard({ found }: { found: RedisKey }) {
  const t = useTranslations("redisConsole");
  const format = useFormatter();
  const { key, type, ttlSeconds, size, kind, purpose, irreplaceable, value, truncated } = found;
  const facts = [
    { name: t("type"), value: type },
    { name: t("ttl"), value: ttlSeconds === null ? t("noTtl") : t("seconds", { count: ttlSeconds }) },
    { name: t("size"), value: format.number(size) },
    { name: t("kind"), value: kind ?? t("unknownKind") },
  ];
  const isPaired = type === "hash" || type === "zset";
  const lines = isPaired
    ? value.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${value[index + 1] ?? ""}`] : []))
    : value;
  return (
    <article aria-labelledby="key" className="mt-6 rounded-2xl border border-line bg-raised/70 p-5">
      <h2 id="key" className="tabular text-lg font-semibold break-all">
        {key}
      </h2>
      <p className={irreplaceable ? "mt-2 max-w-[70ch] text-danger" : "mt-2 max-w-[70ch] text-muted"}>
        {purpose ?? t("unknownPurpose")}
      </p>
      <dl className="mt-4 grid grid-cols-2 gap-x-8 gap-y-3 border-t border-line pt-4 text-sm sm:grid-cols-4">
        {facts.map((fact) => (
          <div key={fact.name} className="min-w-0">
            <dt className="text-xs text-muted">{fact.name}</dt>
            <dd className="tabular [overflow-wrap:anywhere]">{fact.value}</dd>
          </div>
        ))}
      </dl>
      {lines.length > 0 ? (
        <ol
          className="tabular mt-4 max-h-80 overflow-y-auto rounded-xl bg-sunken p-4 text-sm"
          aria-label={t("value")}
        >
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a list may have an element twice, and is never reordered
            <li key={index} dir="auto" className="whitespace-pre-wrap break-all">
              {line}
            </li>
          ))}
        </ol>
      ) : null}
      {truncated ? <p className="mt-2 text-sm text-faint">{t("truncated")}</p> : null}
      <div className="mt-4 flex flex-wrap gap-2">
        <OperatorAction
          path="/api/admin/redis/key/expire"
          body={{ key }}
          field={{
            name: "ttlSeconds",
            label: t("newTtl"),
            initial: String(DEFAULT_TTL_SECONDS),
            numeric: true,
          }}
          label={t("expire")}
          title={t("expire")}
          text={t(irreplaceable ? "expireLoses" : "expireText")}
          confirm={t("expire")}
        />
        <OperatorAction
          path="/api/admin/redis/key/delete"
          body={{ key }}
          label={t("delete")}
          title={t("delete")}
          text={purpose ?? t("unknownPurpose")}
          confirm={t("delete")}
          look="danger"
        />
      </div>
    </article>
  );
}
