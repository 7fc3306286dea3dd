import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { CurrentDevice } from "@/app/_features/account/current-device";
import { DevicesSkeleton } from "@/app/_features/account/devices-skeleton";
import { OtherDevices } from "@/app/_features/account/other-devices";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer, type Viewer } from "@/app/_shell/viewer";
import { listDevices } from "@/lib/sessions";

export async function generateMetadata() {
  const t = await getTranslations("devices");
  return { title: t("title"), robots: { index: false } };
}

export default async function DevicesPage() {
  const [t, viewer] = await Promise.all([getTranslations("devices"), getViewer()]);
  if (!viewer) redirect("/sign-in?next=/me/devices");
  return (
    <>
      <h1 className="sr-only">{t("title")}</h1>
      <p className="mb-6 max-w-[60ch] text-pretty text-muted">{t("lead")}</p>
      <NavigationSuspense skeleton={<DevicesSkeleton />}>
        <CurrentDevices viewer={viewer} />
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
