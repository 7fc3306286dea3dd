import Link from "next/link";
import { redirect } from "next/navigation";
import { getFormatter, getTranslations } from "next-intl/server";
import { Cover } from "@/app/_components/art/cover";
import { SignOutButton } from "@/app/_components/auth/sign-out-button";
import { tintOf } from "@/app/_components/post/hue";
import { LanguageSwitch } from "@/app/_components/shell/language-switch";
import { Page, PageTitle } from "@/app/_components/shell/page";
import { ThemeSwitch } from "@/app/_components/shell/theme-switch";
import { getViewer } from "@/app/_components/shell/viewer";
import { Button } from "@/app/_components/ui/button";

export async function generateMetadata() {
  const t = await getTranslations("me");
  return { title: t("title"), robots: { index: false } };
}

/** A person has a picture and a colour too, made from their id as a post's is. */
export default async function MePage() {
  const [t, format, viewer] = await Promise.all([getTranslations("me"), getFormatter(), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/me");
  const facts = [
    { name: t("email"), value: viewer.email },
    { name: t("role"), value: t(`roles.${viewer.role}`) },
    { name: t("id"), value: format.number(viewer.seq) },
  ];
  return (
    <div className="tinted" style={tintOf(viewer.id)}>
      <div className="stage-light" aria-hidden="true" />
      <Page className="pt-8 sm:pt-14">
        <p className="text-sm text-muted">{t("title")}</p>
        <div className="mt-4 flex flex-wrap items-center gap-5 sm:gap-8">
          <div className="size-24 shrink-0 overflow-hidden rounded-full sm:size-36">
            <Cover id={viewer.id} />
          </div>
          <PageTitle className="min-w-0 flex-1 basis-64">{viewer.name}</PageTitle>
        </div>
        <dl className="mt-10 grid gap-px overflow-hidden rounded-2xl border border-line bg-line sm:grid-cols-3">
          {facts.map((fact) => (
            <div key={fact.name} className="bg-ground/90 px-5 py-4">
              <dt className="text-xs text-muted">{fact.name}</dt>
              <dd className="tabular mt-1 truncate font-semibold" title={fact.value}>
                {fact.value}
              </dd>
            </div>
          ))}
        </dl>
        <section className="mt-12 flex flex-wrap items-center justify-between gap-4 border-t border-line py-6">
          <div>
            <h2 className="font-semibold">{t("bonuses")}</h2>
            <p className="mt-1 text-sm text-muted">{t("bonusesText")}</p>
          </div>
          <Button asChild look="quiet">
            <Link href="/bonuses" prefetch={false}>
              {t("bonusesOpen")}
            </Link>
          </Button>
        </section>
        <section className="flex flex-wrap items-center justify-between gap-4 border-t border-line py-6">
          <h2 className="font-semibold">{t("appearance")}</h2>
          <div className="flex flex-wrap gap-3">
            <ThemeSwitch />
            <LanguageSwitch />
          </div>
        </section>
        <section className="flex flex-wrap items-center justify-between gap-4 border-t border-line py-6">
          <div>
            <h2 className="font-semibold">{t("session")}</h2>
            <p className="mt-1 text-sm text-muted">{t("sessionText")}</p>
          </div>
          <SignOutButton />
        </section>
      </Page>
    </div>
  );
}
