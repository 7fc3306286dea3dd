"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { broadcastSignOut } from "@/app/_data/session";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { SignedInDevice } from "@/lib/sessions";
import { endSession, endSessions } from "./sessions-api";
import { useDeviceLabels } from "./use-device-labels";

type Scope = "others" | "all";

/**
 * Signing devices out from a list. A click shows at once, but a device leaves the list only when the server has said
 * that it is out: nobody should walk away from a lost laptop on the word of an animation.
 *
 * @param onRemoved  something has left the list, and the focus with it
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
    // One that is not there has ended in another way, which is what was wanted.
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
    remaining: remaining,
    rowState: (id: string) => ({
      signingOut: pendingIds.has(id) || bulk.busy !== null,
      failure: failures[id] ?? null,
    }),
    signOutOne: signOutOne,
    signOutMany: signOutMany,
    bulk: bulk,
    announcement: announcement,
  };
}
