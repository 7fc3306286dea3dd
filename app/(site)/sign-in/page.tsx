import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Door } from "@/app/_features/account/auth-layout";
import { DoorNote } from "@/app/_features/account/auth-note";
import { safeNextPath } from "@/app/_features/account/safe-next-path";
import { SignInForm } from "@/app/_features/account/sign-in-form";
import { viewerForFrame } from "@/app/_shell/viewer";

export async function generateMetadata() {
  const t = await getTranslations("auth");
  return { title: t("signIn"), robots: { index: false } };
}

/** `?ended` is where a page goes whose session is over, `?reset` where a new password leads, `?deleted` where an account ends. */
export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const [t, query, viewer] = await Promise.all([getTranslations("auth"), searchParams, viewerForFrame()]);
  const next = safeNextPath(query.next);
  if (viewer) redirect(next);
  const why = (["deleted", "reset", "ended"] as const).find((each) => query[each] !== undefined);
  const note = why ? t(`${why}Note`) : null;
  return (
    <Door
      title={t("signInTitle")}
      lead={t("signInLead")}
      art="after hours"
      other={{
        question: t("noAccount"),
        answer: t("signUp"),
        href: `/sign-up?next=${encodeURIComponent(next)}`,
      }}
    >
      {note ? <DoorNote>{note}</DoorNote> : null}
      <SignInForm next={next} />
    </Door>
  );
}
