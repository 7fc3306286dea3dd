import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { CurrentDevice } from "@/app/_features/account/current-device";
import { DevicesSkeleton } from "@/app/_features/account/devices-skeleton";
import { OtherDevices } from "@/app/_features/account/other-devices";
import { TelegramLinks } from "@/app/_features/account/telegram-links";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer, type Viewer } from "@/app/_shell/viewer";
import { findLinkOffer, listLinks } from "@/lib/bot";
import { listDevices } from "@/lib/sessions";

export async function generateMetadata() {
  const t = await getTranslations("devices");
  return { title: t("title"), robots: { index: false } };
}

export default async function DevicesPage({ searchParams }: PageProps<"/me/devices">) {
  const [t, viewer, { telegram }] = await Promise.all([
    getTranslations("devices"),
    getViewer(),
    searchParams,
  ]);
  const code = typeof telegram === "string" ? telegram.slice(0, 100) : null;
  if (!viewer) {
    const next = code === null ? "/me/devices" : `/me/devices?telegram=${encodeURIComponent(code)}`;
    redirect(`/sign-in?next=${encodeURIComponent(next)}`);
  }
  return (
    <>
      <h1 className="sr-only">{t("title")}</h1>
      <p className="mb-6 max-w-[60ch] text-pretty text-muted">{t("lead")}</p>
      <NavigationSuspense skeleton={<DevicesSkeleton />}>
        {/* Who comes with a code has come to confirm it. */}
        {code === null ? null : <LinkedTelegram viewer={viewer} code={code} />}
        <CurrentDevices viewer={viewer} />
        {code === null ? <LinkedTelegram viewer={viewer} code={null} /> : null}
      </NavigationSuspense>
    </>
  );
}

async function CurrentDevices({ viewer }: { viewer: Viewer }) {
  const devices = await readForPage(listDevices({ userId: viewer.id, sessionId: viewer.sessionId }));
  const current = devices.find((device) => device.current);
  const renderedAt = Date.now();
  return (
    <>
      {current ? <CurrentDevice device={current} renderedAt={renderedAt} /> : null}
      <OtherDevices devices={devices.filter((device) => !device.current)} renderedAt={renderedAt} />
    </>
  );
}

async function LinkedTelegram({ viewer, code }: { viewer: Viewer; code: string | null }) {
  const [links, offer] = await Promise.all([
    readForPage(listLinks({ userId: viewer.id })),
    code === null ? null : readForPage(findLinkOffer(code)),
  ]);
  return <TelegramLinks links={links} code={code} offer={offer} />;
}
