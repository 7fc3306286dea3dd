import { useTranslations } from "next-intl";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { SignedInDevice } from "@/lib/schemas/session";
import { DeviceArt } from "./device-art";
import { SignOutButton } from "./sign-out-button";
import { useDeviceLabels } from "./use-device-labels";

/** The device that this session belongs to. */
export function CurrentDevice({ device, renderedAt }: { device: SignedInDevice; renderedAt: number }) {
  const t = useTranslations("devices");
  const { deviceName, deviceLocation } = useDeviceLabels();
  return (
    <section
      aria-labelledby="this-device"
      className="grid items-center gap-x-8 gap-y-5 rounded-3xl bg-tint-strong p-5 sm:grid-cols-[auto_minmax(0,1fr)_auto] sm:p-8"
    >
      <DeviceArt kind={device.device.kind} playing className="size-20 text-tint-text sm:size-28" />
      <div className="min-w-0">
        <p className="text-sm font-semibold text-tint-text">{t("this")}</p>
        <h2 id="this-device" className="display mt-1 text-2xl sm:text-3xl">
          {deviceName(device)}
        </h2>
        <p className="tabular mt-2 text-muted [overflow-wrap:anywhere]">{deviceLocation(device)}</p>
        <p className="text-sm text-muted">
          {t.rich("since", { time: () => <RelativeTime at={device.createdAt} renderedAt={renderedAt} /> })}
        </p>
      </div>
      <SignOutButton />
    </section>
  );
}
