import { useTranslations } from "next-intl";
import { DeviceArt } from "@/app/_features/account/device-art";
import { useDeviceLabels } from "@/app/_features/account/use-device-labels";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { PersonDetails } from "@/lib/ops";
import { isolate } from "@/lib/schemas/isolate";
import { OperatorAction } from "./operator-action";

/** Where a person is signed in; each session can be ended, and all of them. */
export function PersonSessions({ details, renderedAt }: { details: PersonDetails; renderedAt: number }) {
  const t = useTranslations("personConsole");
  const devices = useTranslations("devices");
  const { deviceName, deviceLocation } = useDeviceLabels();
  const { person, sessions } = details;
  const path = `/api/admin/people/${person.id}/sessions/end` as const;
  return (
    <section className="mt-12" aria-labelledby="sessions">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <h2 id="sessions" className="display text-2xl">
          {t("sessions", { count: sessions.length })}
        </h2>
        {sessions.length > 0 ? (
          <OperatorAction
            path={path}
            label={t("endAll")}
            title={t("endAll")}
            text={t("endAllText", { name: isolate(person.name) })}
            confirm={t("endAll")}
            result="ended"
            look="danger"
          />
        ) : null}
      </div>
      {sessions.length === 0 ? <p className="mt-4 text-muted">{t("noSessions")}</p> : null}
      <ul className="mt-2">
        {sessions.map((session) => {
          const name = deviceName(session);
          return (
            <li
              key={session.id}
              className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-3 border-b border-line py-4 last:border-0 sm:grid-cols-[auto_minmax(0,1fr)_auto]"
            >
              <span className="flex size-12 items-center justify-center rounded-2xl bg-ink/6 text-muted">
                <DeviceArt kind={session.device.kind} className="size-8" />
              </span>
              <div className="min-w-0">
                <h3
                  title={session.userAgent ?? undefined}
                  className="leading-snug font-semibold [overflow-wrap:anywhere]"
                >
                  {name}
                </h3>
                <p className="tabular text-sm text-muted [overflow-wrap:anywhere]">
                  {deviceLocation(session)}
                </p>
                <p className="flex flex-wrap gap-x-3 text-sm text-faint">
                  <span>
                    {devices.rich("seen", {
                      time: () => <RelativeTime at={session.lastSeenAt} renderedAt={renderedAt} />,
                    })}
                  </span>
                  <span>
                    {devices.rich("since", {
                      time: () => <RelativeTime at={session.createdAt} renderedAt={renderedAt} />,
                    })}
                  </span>
                </p>
              </div>
              <div className="max-sm:col-start-2">
                <OperatorAction
                  path={path}
                  body={{ sessionId: session.id }}
                  label={t("end")}
                  labelledFor={t("endOne", { name })}
                  title={t("endOne", { name })}
                  text={t("endText")}
                  confirm={t("end")}
                  result="ended"
                />
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
