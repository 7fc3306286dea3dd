import { getFormatter, getTranslations } from "next-intl/server";
import { CoverImage } from "@/app/_art/cover-image";
import { MeNav } from "@/app/_features/account/me-nav";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { Page } from "@/app/_shell/page";
import { getViewer } from "@/app/_shell/viewer";
import { ClientMessages } from "@/app/i18n/client-messages";
import { getOwnPerson } from "./get-own-person";

/**
 * The frame of the account pages, with a cover and a colour made from the user id, as for posts. Each page redirects
 * anonymous viewers itself, because a layout does not know the current path.
 */
export default async function MeLayout({ children }: LayoutProps<"/me">) {
  const [t, format, viewer] = await Promise.all([getTranslations("me"), getFormatter(), getViewer()]);
  if (!viewer) return children;
  const person = await getOwnPerson();
  return (
    <ClientMessages namespaces={["me", "profile", "form"]}>
      <div className="tinted" style={tintStyle(viewer.id)}>
        <div className="stage-light" aria-hidden="true" />
        <Page className="pt-8 sm:pt-14">
          <div className="flex items-center gap-4 sm:gap-6">
            <div className="size-16 shrink-0 overflow-hidden rounded-full ring-2 ring-tint-strong ring-offset-2 ring-offset-ground sm:size-24">
              <CoverImage
                id={viewer.id}
                cover={person?.picture ?? null}
                sizes="(min-width: 40rem) 6rem, 4rem"
              />
            </div>
            <div className="min-w-0">
              <p dir="auto" className="display text-left text-[clamp(1.5rem,4.6vw,3rem)]">
                {viewer.name}
              </p>
              <p className="tabular mt-1.5 text-sm text-muted">
                {t(`roles.${viewer.role}`)} · {t("number", { number: format.number(viewer.seq) })}
              </p>
            </div>
          </div>
          <MeNav hasBots={viewer.role !== "listener"} />
          <div className="mt-8 sm:mt-10">{children}</div>
        </Page>
      </div>
    </ClientMessages>
  );
}
