"use client";

import { useTranslations } from "next-intl";
import { useRef } from "react";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import type { SignedInDevice } from "@/lib/schemas/session";
import { DeviceRow } from "./device-row";
import { useDeviceSignOut } from "./use-device-sign-out";

/** The other signed-in devices, with sign-out for one of them, for all of them, or for all including this one. */
export function OtherDevices({ devices, renderedAt }: { devices: SignedInDevice[]; renderedAt: number }) {
  const t = useTranslations("devices");
  const heading = useRef<HTMLHeadingElement>(null);
  const { remaining, rowState, signOutOne, signOutMany, bulk, announcement } = useDeviceSignOut(devices, () =>
    heading.current?.focus(),
  );
  const busy = bulk.busy !== null;
  return (
    <>
      <section aria-labelledby="other-devices" className="mt-10">
        <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <h2 id="other-devices" ref={heading} tabIndex={-1} className="display text-2xl outline-offset-8">
            {t("others", { count: remaining.length })}
          </h2>
          {remaining.length > 0 ? (
            <Button
              look="quiet"
              aria-disabled={busy}
              onClick={() => (busy ? undefined : void signOutMany("others"))}
            >
              {t(bulk.busy === "others" ? "signingOut" : "signOutOthers")}
            </Button>
          ) : null}
        </div>
        {bulk.failure ? <FailureNote failure={bulk.failure} className="mt-4" /> : null}
        {remaining.length === 0 ? (
          <p className="mt-4 max-w-[52ch] rounded-2xl border border-dashed border-line-strong p-6 text-muted">
            {t("none")}
          </p>
        ) : (
          <ul className="mt-3">
            {remaining.map((device) => (
              <DeviceRow
                key={device.id}
                device={device}
                renderedAt={renderedAt}
                {...rowState(device.id)}
                onSignOut={() => void signOutOne(device)}
              />
            ))}
          </ul>
        )}
      </section>
      <p role="status" className="sr-only">
        {announcement}
      </p>
      <section
        aria-labelledby="everywhere"
        className="mt-10 flex flex-wrap items-center justify-between gap-x-10 gap-y-4 border-t border-line pt-8"
      >
        <div>
          <h2 id="everywhere" className="font-semibold">
            {t("everywhere")}
          </h2>
          <p className="mt-1 max-w-[52ch] text-sm text-muted">{t("everywhereText")}</p>
        </div>
        <Button
          look="danger"
          aria-disabled={busy}
          onClick={() => (busy ? undefined : void signOutMany("all"))}
        >
          {t(bulk.busy === "all" ? "signingOut" : "signOutAll")}
        </Button>
      </section>
    </>
  );
}
