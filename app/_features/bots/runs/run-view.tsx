"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useState } from "react";
import { startLiveQuery } from "@/app/_data/realtime/live-query";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { RelativeTime } from "@/app/_ui/relative-time";
import { useMounted } from "@/app/_ui/use-mounted";
import type { Timeline } from "@/lib/schemas/bot-executions";
import { isolate } from "@/lib/schemas/isolate";
import { executionApi } from "../bots-api";
import { RunActions } from "./run-actions";
import { RunState } from "./run-state";
import { TimelineSteps } from "./timeline-steps";

const PACE_MS = 5_000;

interface Props {
  botId: string;
  initial: Timeline;
  /** Of the workflow, newest first. */
  versionNumbers: readonly number[];
  renderedAt: number;
}

/** A person's run: what happened, what is known, and what an operator can do. Unfinished ones are read again. */
export function RunView({ botId, initial, versionNumbers, renderedAt }: Props) {
  const t = useTranslations("botRuns");
  const { execution, steps, messages, nextAfter, read, readMore } = useTimeline(botId, initial);
  const { person, state, workflowKey, versionNumber } = execution;
  const variables = Object.entries(execution.variables);
  return (
    <>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 dir="auto" className="display text-left text-[clamp(1.75rem,4.5vw,3rem)]">
          {person.name}
        </h1>
        <RunState state={state} />
      </div>
      <p className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
        <span>
          {workflowKey} · {versionNumber === null ? t("testRun") : t("version", { number: versionNumber })}
        </span>
        {person.isLinked ? <span>{t("linked")}</span> : null}
        {person.isBlocked ? <span className="text-danger">{t("blocked")}</span> : null}
        <span>
          {t("began")} <RelativeTime at={execution.createdAt} renderedAt={renderedAt} />
        </span>
        {execution.finishedAt ? (
          <span>
            {t("finished")} <RelativeTime at={execution.finishedAt} renderedAt={renderedAt} />
          </span>
        ) : null}
        {execution.dueAt ? <DueTime at={execution.dueAt} /> : null}
        <Link
          href={{ pathname: `/bots/${botId}/runs`, query: { person: person.id } }}
          className="underline underline-offset-4"
        >
          {t("ofPerson", { name: isolate(person.name) })}
        </Link>
      </p>
      {execution.failure ? (
        <p className="mt-4 rounded-xl bg-danger-ground px-4 py-3 text-danger">
          {t("failure", { reason: execution.failure })}
        </p>
      ) : null}
      <div className="mt-8 grid gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <section aria-labelledby="timeline">
          <h2 id="timeline" className="display text-2xl">
            {t("timeline")}
          </h2>
          <TimelineSteps steps={steps} messages={messages} renderedAt={renderedAt} />
          {nextAfter === null ? null : (
            <Button look="quiet" onClick={() => void readMore()} className="mt-4">
              {t("moreSteps")}
            </Button>
          )}
        </section>
        <div className="flex flex-col gap-8">
          <RunActions botId={botId} execution={execution} versionNumbers={versionNumbers} onChanged={read} />
          <section aria-labelledby="variables">
            <h2 id="variables" className="text-lg font-semibold">
              {t("variables")}
            </h2>
            {variables.length === 0 ? <p className="mt-2 text-sm text-muted">{t("noVariables")}</p> : null}
            <dl className="mt-2 text-sm">
              {variables.map(([name, value]) => (
                <div key={name} className="flex justify-between gap-4 border-b border-line py-1.5">
                  <dt className="text-muted">{name}</dt>
                  <dd dir="auto" className="min-w-0 text-right [overflow-wrap:anywhere]">
                    {String(value)}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        </div>
      </div>
    </>
  );
}

/** In the reader's time zone, which the server does not know. */
function DueTime({ at }: { at: string }) {
  const t = useTranslations("botRuns");
  const format = useFormatter();
  const mounted = useMounted();
  const timeZone = mounted ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
  const time = format.dateTime(new Date(at), { dateStyle: "medium", timeStyle: "short", timeZone });
  return <time dateTime={at}>{t("due", { time })}</time>;
}

function useTimeline(botId: string, initial: Timeline) {
  const [pages, setPages] = useState([initial]);
  const last = pages.at(-1) ?? initial;
  const isFinished = !["running", "waiting"].includes(last.execution.state);
  const api = executionApi(botId, initial.execution.id);

  /** The last page, which alone can have become another one. */
  const read = async (): Promise<ApiFailure | null> => {
    const after = pages.length > 1 ? (pages.at(-2)?.nextAfter ?? 0) : 0;
    const result = await api.read(after);
    if (!result.ok) return result.failure;
    setPages([...pages.slice(0, -1), result.data]);
    return null;
  };
  const poll = useEffectEvent(() => read());
  useEffect(() => {
    if (isFinished) return;
    const query = startLiveQuery({ fetch: () => poll(), paceMs: () => PACE_MS });
    return () => query.stop();
  }, [isFinished]);

  return {
    execution: last.execution,
    steps: pages.flatMap(({ steps }) => steps),
    messages: pages.flatMap(({ messages }) => messages),
    nextAfter: last.nextAfter,
    read,
    readMore: async () => {
      if (last.nextAfter === null) return;
      const result = await api.read(last.nextAfter);
      if (result.ok) setPages([...pages, result.data]);
    },
  };
}
