"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useId, useRef, useState, useTransition } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { FailureNote } from "@/app/_ui/failure-note";
import type { PersonView } from "@/lib/ops";
import { Role } from "@/lib/schemas/enums";
import { isolate } from "@/lib/schemas/isolate";

type Props = Pick<PersonView, "id" | "name" | "role"> & {
  /** Beside a plain button whose text is at the edge of the list. */
  inList?: boolean;
};

/** Changes the role of a user; opens in place and explains the effect first. */
export function RoleForm({ id, name, role, inList = false }: Props) {
  const t = useTranslations("peopleConsole");
  const router = useRouter();
  const radioGroupName = useId();
  const openButton = useRef<HTMLButtonElement>(null);
  const [selectedRole, setSelectedRole] = useState<PersonView["role"] | null>(null);
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [refreshing, startRefresh] = useTransition();
  const busy = sending || refreshing;

  const close = () => {
    setSelectedRole(null);
    setFailure(null);
    openButton.current?.focus();
  };

  const submit = async () => {
    if (busy) return;
    setSending(true);
    setFailure(null);
    const result = await callApi(`/api/admin/people/${id}/role`, {
      method: "POST",
      body: { role: selectedRole },
    });
    setSending(false);
    if (!result.ok) return setFailure(result.failure);
    // The parent keys this form by role, so the refreshed page closes it.
    startRefresh(() => router.refresh());
  };

  return (
    <>
      <Button
        ref={openButton}
        look="quiet"
        aria-expanded={selectedRole !== null}
        aria-label={t("changeOf", { name: isolate(name) })}
        onClick={() =>
          selectedRole === null
            ? setSelectedRole(Object.values(Role).find((option) => option !== role) ?? role)
            : close()
        }
        className={cn(inList && "max-md:ml-5")}
      >
        {t("change")}
      </Button>
      {selectedRole === null ? null : (
        <form
          aria-label={t("changeOf", { name: isolate(name) })}
          className={cn(
            "animate-settle w-full rounded-2xl border border-line bg-raised/70 p-5 md:w-96",
            inList && "max-md:ml-5",
          )}
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <fieldset className="flex flex-col">
            <legend className="mb-1 text-sm font-semibold">{t("newRole")}</legend>
            {Object.values(Role)
              .filter((option) => option !== role)
              .map((option) => (
                <label key={option} className="flex min-h-11 cursor-pointer items-center gap-3">
                  <input
                    type="radio"
                    name={radioGroupName}
                    value={option}
                    checked={option === selectedRole}
                    onChange={() => setSelectedRole(option)}
                    className="size-5 accent-current"
                  />
                  {t(`roles.${option}`)}
                </label>
              ))}
          </fieldset>
          <p className="mt-2 text-sm text-muted [overflow-wrap:anywhere]">
            {t("ends", { name: isolate(name) })} {selectedRole === "admin" ? t("givesAll") : null}
          </p>
          <div className="mt-4 flex flex-wrap gap-2">
            <Button type="submit" look={selectedRole === "admin" ? "danger" : "primary"} aria-disabled={busy}>
              <span aria-live="polite">{busy ? t("giving") : t("give")}</span>
            </Button>
            <Button look="plain" onClick={close}>
              {t("leave")}
            </Button>
          </div>
          {failure ? (
            <div className="mt-4">
              <FailureNote failure={failure} />
            </div>
          ) : null}
        </form>
      )}
    </>
  );
}
