"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useId, useRef, useState, useTransition } from "react";
import { callApi } from "@/app/_data/call-api";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import type { PersonView } from "@/lib/ops";
import { Role } from "@/lib/schemas/enums";
import { isolate } from "@/lib/schemas/isolate";
import { ReasonForm } from "./reason-form";

type Props = Pick<PersonView, "id" | "name" | "role"> & {
  /** In a list whose plain buttons phones move to the edge: this one is moved back. */
  inList?: boolean;
};

/** Changes the role of a user; opens in place, explains the effect first, and asks why. */
export function RoleForm({ id, name, role, inList = false }: Props) {
  const t = useTranslations("peopleConsole");
  const router = useRouter();
  const radioGroupName = useId();
  const openButton = useRef<HTMLButtonElement>(null);
  const [selectedRole, setSelectedRole] = useState<PersonView["role"] | null>(null);
  const [refreshing, startRefresh] = useTransition();

  const close = () => {
    setSelectedRole(null);
    openButton.current?.focus();
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
        <ReasonForm
          label={t("changeOf", { name: isolate(name) })}
          effect={`${t("ends", { name: isolate(name) })}${selectedRole === "admin" ? ` ${t("givesAll")}` : ""}`}
          confirm={t("give")}
          look={selectedRole === "admin" ? "danger" : "primary"}
          // The role is asked first: the reason must not take the focus from it.
          takesFocus={false}
          disabled={refreshing}
          onCancel={close}
          act={async (reason) => {
            const result = await callApi(`/api/admin/people/${id}/role`, {
              method: "POST",
              body: { role: selectedRole, reason },
            });
            if (!result.ok) return result.failure;
            // The parent keys this form by role, so the refreshed page closes it.
            startRefresh(() => router.refresh());
            return null;
          }}
          className={cn(
            "animate-settle w-full rounded-2xl border border-line bg-raised/70 p-5 md:w-96",
            inList && "max-md:ml-5",
          )}
        >
          <fieldset className="mt-3 flex flex-col">
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
        </ReasonForm>
      )}
    </>
  );
}
