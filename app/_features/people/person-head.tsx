import { ChartColumn, MessageCircle, Settings } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { CoverImage } from "@/app/_art/cover-image";
import { BlockButton } from "@/app/_features/contacts/block-button";
import { WriteButton } from "@/app/_features/contacts/write-button";
import { postTrackKeys } from "@/app/_features/player/player-track";
import { PlayAll } from "@/app/_features/posts/feed/play-all";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { ReportButton } from "@/app/_features/reports/report-button";
import { Page } from "@/app/_shell/page";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { ShareButton } from "@/app/_ui/share-button";
import type { Person } from "@/lib/schemas/person";
import type { Post } from "@/lib/schemas/post";
import { PersonAbout } from "./person-about";
import { PRODUCTS_ID } from "./person-products";

interface Props {
  person: Person;
  isOwn: boolean;
  isAnonymous: boolean;
  hasProducts: boolean;
  /** What the viewer may do with the person; null: anonymous, one's own page, or not known now. */
  contact: { isBlocked: boolean; canWrite: boolean } | null;
  /** The first of their posts, which are on the page. */
  posts: readonly Post[];
}

/** Shorter names get larger type. */
function nameClass(name: string): string {
  return name.length <= 16 ? "text-[clamp(2.25rem,7vw,4.5rem)]" : "text-[clamp(1.6rem,4.6vw,3rem)]";
}

/** Who it is, in the colour of their picture. */
export function PersonHead({ person, isOwn, isAnonymous, hasProducts, contact, posts }: Props) {
  const t = useTranslations("person");
  const contacts = useTranslations("contacts");
  const roles = useTranslations("me.roles");
  const format = useFormatter();
  const joined = new Date(person.createdAt);
  const trackKeys = postTrackKeys(posts);
  const isShort = person.bio === "" && person.links.length === 0;
  return (
    <div className="tinted relative" style={tintStyle(person.id)}>
      <div className="stage-light" aria-hidden="true" />
      <Page
        className={cn(
          "grid gap-x-10 gap-y-6 pt-8 pb-8 sm:grid-cols-[auto_minmax(0,1fr)] sm:pt-14 sm:pb-10",
          isShort ? "sm:items-center" : "sm:items-start",
        )}
      >
        <span className="block size-28 shrink-0 overflow-hidden rounded-full shadow-[0_2rem_5rem_-1.5rem_var(--glow)] sm:size-44">
          <CoverImage id={person.id} cover={person.picture} sizes="(min-width: 40rem) 11rem, 7rem" eager />
        </span>
        <div className="min-w-0">
          <h1 dir="auto" className={`display [overflow-wrap:anywhere] ${nameClass(person.name)}`}>
            {person.name}
          </h1>
          <p className="mt-3 flex flex-wrap items-baseline gap-x-2 text-muted">
            <span className="font-semibold text-tint-text">{roles(person.role)}</span>
            <span aria-hidden="true">·</span>
            <span className="[overflow-wrap:anywhere]">@{person.handle}</span>
            <span aria-hidden="true" className="max-sm:hidden">
              ·
            </span>
            <time dateTime={person.createdAt} className="max-sm:basis-full">
              {t("joined", { date: format.dateTime(joined, { dateStyle: "long" }) })}
            </time>
          </p>
          <PersonAbout person={person} />
          <div className="mt-5 flex flex-wrap items-center gap-2 empty:hidden">
            {trackKeys.length > 0 ? <PlayAll trackKeys={trackKeys} /> : null}
            {hasProducts ? (
              <Button asChild look="quiet" size="large">
                <a href={`#${PRODUCTS_ID}`}>{t("toProducts")}</a>
              </Button>
            ) : null}
            {contact?.canWrite ? <WriteButton personId={person.id} size="large" /> : null}
            {isAnonymous ? (
              <Button asChild look="quiet" size="large">
                <Link href={`/sign-in?next=${encodeURIComponent(`/u/${person.handle}`)}`}>
                  <MessageCircle className="size-5" aria-hidden="true" />
                  {contacts("write")}
                </Link>
              </Button>
            ) : null}
            <ShareButton path={`/u/${person.handle}`} title={person.name} size="large" />
            {isOwn ? (
              <>
                <Button asChild look="quiet" size="large">
                  <Link href="/me/numbers">
                    <ChartColumn className="size-5" aria-hidden="true" />
                    {t("numbers")}
                  </Link>
                </Button>
                <Button asChild look="quiet" size="large">
                  <Link href="/me">
                    <Settings className="size-5" aria-hidden="true" />
                    {t("edit")}
                  </Link>
                </Button>
              </>
            ) : null}
            {contact ? (
              <>
                <BlockButton person={person} isBlocked={contact.isBlocked} />
                <ReportButton target="person" targetId={person.id} />
              </>
            ) : null}
          </div>
        </div>
      </Page>
    </div>
  );
}
