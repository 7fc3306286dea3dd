"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { broadcastSignOut } from "@/app/_data/session";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { SignedInDevice } from "@/lib/schemas/session";
import { endSession, endSessions } from "./account-api";
import { useDeviceLabels } from "./use-device-labels";

type Scope = "others" | "all";

/**
 * Signs out devices from a list. A click shows immediately, but a device leaves the list only when the server has
 * confirmed the sign-out, so that the list never claims that a lost laptop is signed out when it is not.
 *
 * @param onRemoved  called when a row was removed, possibly with the focus in it
 */
export function useDeviceSignOut(devices: readonly SignedInDevice[], onRemoved: () => void) {
  const t = useTranslations("devices");
  const router = useRouter();
  const { deviceName } = useDeviceLabels();
  const [removedIds, setRemovedIds] = useState<ReadonlySet<string>>(new Set());
  const [pendingIds, setPendingIds] = useState<ReadonlySet<string>>(new Set());
  const [failures, setFailures] = useState<Readonly<Record<string, ApiFailure>>>({});
  const [bulk, setBulk] = useState<{ busy: Scope | null; failure: ApiFailure | null }>({
    busy: null,
    failure: null,
  });
  const [announcement, setAnnouncement] = useState("");
  const remaining = devices.filter(({ id }) => !removedIds.has(id));

  const remove = (ids: readonly string[], message: string) => {
    setRemovedIds((before) => new Set([...before, ...ids]));
    setAnnouncement(message);
    onRemoved();
    router.refresh();
  };

  const signOutOne = async (device: SignedInDevice) => {
    const { id } = device;
    setPendingIds((before) => new Set(before).add(id));
    setFailures(({ [id]: _, ...others }) => others);
    const result = await endSession(id);
    setPendingIds((before) => new Set([...before].filter((each) => each !== id)));
    // A session that no longer exists has ended already, which is the wanted result.
    if (result.ok || result.failure.code === "not_found")
      remove([id], t("out", { name: deviceName(device) }));
    else setFailures((before) => ({ ...before, [id]: result.failure }));
  };

  const signOutMany = async (scope: Scope) => {
    setBulk({ busy: scope, failure: null });
    const ids = remaining.map(({ id }) => id);
    const result = await endSessions(scope);
    if (!result.ok) return setBulk({ busy: null, failure: result.failure });
    if (scope === "all") {
      broadcastSignOut();
      return window.location.assign("/");
    }
    setBulk({ busy: null, failure: null });
    remove(ids, t("outOthers", { count: ids.length }));
  };

  return {
    remaining,
    rowState: (id: string) => ({
      signingOut: pendingIds.has(id) || bulk.busy !== null,
      failure: failures[id] ?? null,
    }),
    signOutOne,
    signOutMany,
    bulk,
    announcement,
  };
}
