import { Search } from "lucide-react";
import { getFormatter, getLocale, getTranslations } from "next-intl/server";
import { ConsoleHeader } from "@/app/_features/console/console-header";
import { EmptyNote } from "@/app/_features/console/empty-note";
import { KeyCard } from "@/app/_features/console/redis/key-card";
import { KeyTable } from "@/app/_features/console/redis/key-table";
import { Page } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { NumberTable } from "@/app/_ui/number-table";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";
import {
  countOpenAlerts,
  type KeyScanPart,
  keyScanQuerySchema,
  readRedisKey,
  redisKeyQuerySchema,
  scanRedisPart,
} from "@/lib/ops";
import { localeSchema } from "@/lib/schemas/locale";

export async function generateMetadata() {
  const t = await getTranslations("redisConsole");
  return { title: t("keysTitle"), robots: { index: false } };
}

export default async function AdminRedisKeysPage({ searchParams }: PageProps<"/admin/redis/keys">) {
  const { key, match, cursor } = await searchParams;
  // The form sends an empty value for "all keys".
  const scanQuery = keyScanQuerySchema.safeParse({ match: match || undefined, cursor });
  const query = scanQuery.success ? scanQuery.data : {};
  const keyQuery = redisKeyQuerySchema.safeParse({ key });
  const viewer = await requireAdmin("/admin/redis/keys");
  const locale = localeSchema.catch("ru").parse(await getLocale());
  const [found, part, alerts] = await Promise.all([
    keyQuery.success ? readForPage(readRedisKey(viewer, keyQuery.data.key, locale)) : undefined,
    keyQuery.success ? undefined : readForPage(scanRedisPart(viewer, query)),
    readForPage(countOpenAlerts()).catch(toNullWhenUnavailable),
  ]);
  const t = await getTranslations("redisConsole");
  return (
    <Page className="pt-8 sm:pt-12">
      <ConsoleHeader section="redis" title={t("keysTitle")} lead={t("keysLead")} alerts={alerts} />
      <div className="mt-8 grid gap-3 lg:grid-cols-2">
        <KeySearch name="match" label={t("match")} value={query.match ?? ""} />
        <KeySearch name="key" label={t("oneKey")} value={keyQuery.success ? keyQuery.data.key : ""} />
      </div>
      {found ? <KeyCard found={found} /> : null}
      {found === null ? <EmptyNote title={t("noKeyTitle")} text={t("noKeyText")} /> : null}
      {part ? <ScanResult part={part} match={query.match} /> : null}
      {keyQuery.success || query.match || query.cursor ? (
        <Button asChild look="plain" className="mt-6">
          <Link href="/admin/redis/keys">{t("allKeys")}</Link>
        </Button>
      ) : null}
    </Page>
  );
}

/** A form that works without JavaScript; the query is in the URL. */
async function KeySearch({ name, label, value }: { name: "key" | "match"; label: string; value: string }) {
  const t = await getTranslations("redisConsole");
  return (
    <search>
      <form action="/admin/redis/keys" className="flex gap-2">
        <input
          type="search"
          name={name}
          defaultValue={value}
          aria-label={label}
          placeholder={label}
          autoComplete="off"
          className="h-11 w-full min-w-0 rounded-full border border-line-strong bg-ground/70 px-5 text-ink placeholder:text-faint hover:border-muted focus:border-ink"
        />
        <Button
          type="submit"
          look="quiet"
          size="icon"
          aria-label={t("find", { what: label })}
          className="shrink-0"
        >
          <Search className="size-5" aria-hidden="true" />
        </Button>
      </form>
    </search>
  );
}

async function ScanResult({ part, match }: { part: KeyScanPart; match: string | undefined }) {
  const [t, format] = await Promise.all([getTranslations("redisConsole"), getFormatter()]);
  const kinds = Object.entries(part.byKind).sort(([, a], [, b]) => b.keys - a.keys);
  return (
    <>
      <p role="status" className="tabular mt-6 text-muted">
        {t(part.nextCursor ? "scannedPart" : "scanned", { count: part.keys })}
      </p>
      {part.nextCursor ? (
        <Button asChild look="quiet" className="mt-3">
          <Link
            href={{
              pathname: "/admin/redis/keys",
              query: { ...(match ? { match } : {}), cursor: part.nextCursor },
            }}
          >
            {t("next")}
          </Link>
        </Button>
      ) : null}
      <KeyTable id="without-ttl" title={t("withoutTtl")} keys={part.withoutTtl} none={t("noneWithoutTtl")} />
      <KeyTable id="biggest" title={t("biggest")} keys={part.biggest} none={t("nothing")} />
      {kinds.length === 0 ? null : (
        <section className="mt-12" aria-labelledby="kinds">
          <h2 id="kinds" className="display text-2xl">
            {t("kinds")}
          </h2>
          <NumberTable
            label={t("kinds")}
            columns={[{ heading: t("kind") }, { heading: t("keys") }, { heading: t("size") }]}
            rows={kinds.map(([kind, sum]) => ({
              key: kind,
              cells: [
                kind === "unknown" ? t("unknownKind") : kind,
                format.number(sum.keys),
                format.number(sum.size),
              ],
            }))}
          />
        </section>
      )}
    </>
  );
}
