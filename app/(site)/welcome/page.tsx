import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { BecomeArtist } from "@/app/_features/account/become-artist";
import { SendConfirmation } from "@/app/_features/account/send-confirmation";
import { OpenGroups } from "@/app/_features/chat/open-groups";
import { Page, PageTitle } from "@/app/_shell/page";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { listOpenChats } from "@/lib/chat";
import { isolate } from "@/lib/schemas/isolate";

const MAX_GROUPS = 3;

export async function generateMetadata() {
  const t = await getTranslations("welcome");
  return { title: t("title"), robots: { index: false } };
}

/** What to do first, for someone who has just signed up. */
export default async function WelcomePage() {
  const [t, viewer] = await Promise.all([getTranslations("welcome"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/welcome");
  const { items: groups } = await readForPage(listOpenChats({ userId: viewer.id }, { limit: MAX_GROUPS }));
  const steps = [
    ...(viewer.confirmed
      ? []
      : [
          {
            key: "confirm",
            title: t("confirmTitle"),
            text: t("confirmText", { email: viewer.email }),
            action: <SendConfirmation />,
          },
        ]),
    {
      key: "listen",
      title: t("listenTitle"),
      text: t("listenText"),
      action: (
        <Button asChild look={viewer.confirmed ? "primary" : "quiet"}>
          <Link href="/">{t("listen")}</Link>
        </Button>
      ),
    },
    ...(groups.length === 0
      ? []
      : [
          {
            key: "groups",
            title: t("groupsTitle"),
            text: t("groupsText"),
            action: <OpenGroups groups={groups} />,
          },
        ]),
    {
      key: "post",
      title: t("postTitle"),
      text: t(viewer.role === "listener" ? "postText" : "postTextArtist"),
      action: (
        <div className="flex flex-wrap items-start gap-3">
          <Button asChild look="quiet">
            <Link href="/posts/new">{t("post")}</Link>
          </Button>
          {viewer.role === "listener" && viewer.confirmed ? <BecomeArtist confirmed look="quiet" /> : null}
        </div>
      ),
    },
  ];
  return (
    <Page className="pt-8 sm:pt-12">
      <PageTitle>{t("heading", { name: isolate(viewer.name) })}</PageTitle>
      <p className="mt-4 max-w-[54ch] text-pretty text-muted sm:text-lg">{t("lead")}</p>
      <ol className="mt-8 sm:mt-12">
        {steps.map(({ key, ...step }, index) => (
          <Step key={key} number={index + 1} {...step} />
        ))}
      </ol>
    </Page>
  );
}

interface StepProps {
  number: number;
  title: string;
  text: string;
  action: ReactNode;
}

function Step({ number, title, text, action }: StepProps) {
  return (
    <li className="grid gap-x-8 border-t border-line py-7 sm:grid-cols-[4rem_minmax(0,1fr)] sm:py-9">
      <span aria-hidden="true" className="display tabular text-3xl text-faint max-sm:hidden">
        {number}
      </span>
      <div className="min-w-0">
        <h2 className="text-lg font-semibold sm:text-xl">{title}</h2>
        <p className="mt-1 mb-5 max-w-[54ch] text-pretty text-muted [overflow-wrap:anywhere]">{text}</p>
        {action}
      </div>
    </li>
  );
}
