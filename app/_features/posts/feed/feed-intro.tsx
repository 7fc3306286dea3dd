import { getTranslations } from "next-intl/server";
import { Mark } from "@/app/_art/brand/mark";
import { postTrackKeys } from "@/app/_features/player/player-track";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { PageTitle } from "@/app/_shell/page";
import { getShellViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import type { Post } from "@/lib/schemas/post";
import { PlayAll } from "./play-all";

interface Props {
  /** An earlier part of the feed. */
  continued: boolean;
  /** The posts below it. */
  posts: Promise<readonly Post[]>;
}

/** The headline over the feed. Anonymous viewers read what this is, and play it with one tap. */
export async function FeedIntro({ continued, posts }: Props) {
  const [t, shell, viewer] = await Promise.all([
    getTranslations("feed"),
    getTranslations("shell"),
    getShellViewer(),
  ]);
  return (
    <div className="pt-8 pb-7 sm:pt-12 sm:pb-9">
      <div className="flex items-center gap-4 sm:gap-6">
        <PageTitle>{t(continued ? "earlierPosts" : "title")}</PageTitle>
        <Mark animated className="size-12 shrink-0 sm:size-18" />
      </div>
      {continued ? (
        <Link href="/" className="mt-4 inline-block text-muted underline underline-offset-4">
          {t("toStart")}
        </Link>
      ) : null}
      {viewer || continued ? null : (
        <div className="mt-5 flex flex-wrap items-center gap-x-8 gap-y-5">
          <p className="max-w-[54ch] text-pretty text-muted sm:text-lg">{t("lead")}</p>
          <div className="flex flex-wrap gap-2">
            <NavigationSuspense skeleton={null}>
              <PlayFeed posts={posts} />
            </NavigationSuspense>
            <Button asChild look="quiet" size="large">
              <Link href="/sign-up">{shell("signUp")}</Link>
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}

async function PlayFeed({ posts }: Pick<Props, "posts">) {
  const trackKeys = postTrackKeys(await posts);
  return trackKeys.length > 0 ? <PlayAll trackKeys={trackKeys} /> : null;
}
