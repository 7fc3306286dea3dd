"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { tellSignedOut } from "@/app/_data/session";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { SignedInDevice } from "@/lib/sessions";
import { endSession, endSessions } from "./sessions-api";
import { useDeviceWords } from "./use-device-labels";

type Scope = "others" | "all";

/**
 * Signing devices out from a list. A click shows at once, but a device leaves the list only when the server has said
 * that it is out: nobody should walk away from a lost laptop on the word of an animation.
 *
 * @param removed  something has left the list, and the focus with it
 */
export function useSigningOut(devices: readonly SignedInDevice[], removed: () => void) {
  const t = useTranslations("devices");
  const router = useRouter();
  const { nameOf } = useDeviceWords();
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const [failures, setFailures] = useState<Readonly<Record<string, ApiFailure>>>({});
  const [many, setMany] = useState<{ busy: Scope | null; failure: ApiFailure | null }>({
    busy: null,
    failure: null,
  });
  const [said, setSaid] = useState("");
  const left = devices.filter(({ id }) => !gone.has(id));

  const remove = (ids: readonly string[], words: string) => {
    setGone((before) => new Set([...before, ...ids]));
    setSaid(words);
    removed();
    router.refresh();
  };

  const endOne = async (device: SignedInDevice) => {
    const { id } = device;
    setLeaving((before) => new Set(before).add(id));
    setFailures(({ [id]: _, ...others }) => others);
    const result = await endSession(id);
    setLeaving((before) => new Set([...before].filter((each) => each !== id)));
    // One that is not there has ended in another way, which is what was wanted.
    if (result.ok || result.failure.code === "not_found") remove([id], t("out", { name: nameOf(device) }));
    else setFailures((before) => ({ ...before, [id]: result.failure }));
  };

  const endMany = async (scope: Scope) => {
    setMany({ busy: scope, failure: null });
    const ids = left.map(({ id }) => id);
    const result = await endSessions(scope);
    if (!result.ok) return setMany({ busy: null, failure: result.failure });
    if (scope === "all") {
      tellSignedOut();
      return window.location.assign("/");
    }
    setMany({ busy: null, failure: null });
    remove(ids, t("outOthers", { count: ids.length }));
  };

  return {
    left,
    stateOf: (id: string) => ({
      leaving: leaving.has(id) || many.busy !== null,
      failure: failures[id] ?? null,
    }),
    endOne,
    endMany,
    many,
    said,
  };
}
