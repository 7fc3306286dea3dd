import { ExternalLink } from "lucide-react";
import { useTranslations } from "next-intl";
import { LinkedText } from "@/app/_ui/linked-text";
import { LongText } from "@/app/_ui/long-text";
import type { Person } from "@/lib/schemas/person";

/** More than a few words about oneself have. */
const MAX_BIO_LINES = 12;

/** What a person says about themselves, and where else they are. Nothing for an empty profile. */
export function PersonAbout({ person: { bio, links } }: { person: Pick<Person, "bio" | "links"> }) {
  const t = useTranslations("person");
  if (bio === "" && links.length === 0) return null;
  return (
    <div className="mt-4 flex max-w-[64ch] flex-col gap-3">
      {bio ? (
        <div className="leading-relaxed">
          <LongText text={bio} maxLines={MAX_BIO_LINES}>
            <LinkedText text={bio} />
          </LongText>
        </div>
      ) : null}
      {links.length > 0 ? (
        <ul aria-label={t("links")} className="flex flex-wrap gap-x-5">
          {links.map(({ url, label }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two links may be the same
            <li key={index} className="min-w-0">
              <a
                href={url}
                target="_blank"
                rel="nofollow ugc noopener noreferrer me"
                className="inline-flex min-h-11 max-w-full items-center gap-2 font-semibold text-tint-text underline-offset-4 hover:underline"
              >
                <ExternalLink className="size-4 shrink-0" aria-hidden="true" />
                <span className="min-w-0 [overflow-wrap:anywhere]">
                  <bdi>{label || shortAddress(url)}</bdi>
                  {label ? <bdi className="ml-2 text-sm font-normal text-muted">{hostOf(url)}</bdi> : null}
                </span>
              </a>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

/** Beside a label, so that it cannot claim to be another site. In ASCII, as the browser's address bar would have it. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, "") : url;
}

function shortAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return `${hostOf(url)}${pathname.replace(/\/$/, "")}${search}`;
}
