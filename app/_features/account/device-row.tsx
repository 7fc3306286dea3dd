"use client";

import { useTranslations } from "next-intl";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { FailureNote } from "@/app/_ui/failure-note";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { SignedInDevice } from "@/lib/schemas/session";
import { DeviceArt } from "./device-art";
import { useDeviceLabels } from "./use-device-labels";

interface Props {
  device: SignedInDevice;
  renderedAt: number;
  /** The sign-out is in progress. */
  signingOut: boolean;
  failure: ApiFailure | null;
  onSignOut: () => void;
}

/** A row of the list of other devices. */
export function DeviceRow({ device, renderedAt, signingOut, failure, onSignOut }: Props) {
  const t = useTranslations("devices");
  const { deviceName, deviceLocation } = useDeviceLabels();
  const name = deviceName(device);
  return (
    <li className="border-b border-line py-4 last:border-0">
      <div
        className={cn(
          "grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-3 transition-opacity sm:grid-cols-[auto_minmax(0,1fr)_auto] sm:gap-x-6",
          signingOut && "opacity-60",
        )}
      >
        <span className="flex size-14 items-center justify-center rounded-2xl bg-ink/6 text-muted">
          <DeviceArt kind={device.device.kind} className="size-10" />
        </span>
        <div className="min-w-0">
          <h3
            title={device.userAgent ?? undefined}
            className={cn(
              "leading-snug font-semibold [overflow-wrap:anywhere]",
              signingOut && "line-through",
            )}
          >
            {name}
          </h3>
          <p className="tabular text-sm text-muted [overflow-wrap:anywhere]">{deviceLocation(device)}</p>
          <p className="flex flex-wrap gap-x-2 text-sm text-faint max-sm:flex-col">
            <span>
              {t.rich("seen", {
                time: () => <RelativeTime at={device.lastSeenAt} renderedAt={renderedAt} />,
              })}
            </span>
            <span aria-hidden="true" className="max-sm:hidden">
              ·
            </span>
            <span>
              {t.rich("since", {
                time: () => <RelativeTime at={device.createdAt} renderedAt={renderedAt} />,
              })}
            </span>
          </p>
        </div>
        <Button
          look="quiet"
          aria-disabled={signingOut}
          onClick={() => (signingOut ? undefined : onSignOut())}
          aria-label={t("signOutOne", { name })}
          className="max-sm:col-start-2 max-sm:justify-self-start"
        >
          {t(signingOut ? "signingOut" : "signOut")}
        </Button>
      </div>
      {failure ? (
        <div className="mt-3">
          <p className="mb-1.5 text-sm font-semibold">{t("stillIn")}</p>
          <FailureNote failure={failure} />
        </div>
      ) : null}
    </li>
  );
}
