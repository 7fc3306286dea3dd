import { useTranslations } from "next-intl";
import { Link } from "@/app/_ui/link";
import type { TaskStory } from "@/lib/ops";
import { AttemptList } from "./attempt-list";
import { CauseCard, Fact } from "./cause-card";
import { EffectList } from "./effect-list";
import { MessageList } from "./message-list";
import { NextSteps } from "./next-steps";
import { OperatorActions } from "./operator-actions";
import { RelatedTasks } from "./related-tasks";
import { StorySection } from "./section";

/** One task from the request that caused it to what it wrote. */
export function TaskStoryView({ story, renderedAt }: { story: TaskStory; renderedAt: number }) {
  const t = useTranslations("taskStory");
  const { task, cause, origin, attempts, messages, effects, related, audit } = story;
  return (
    <>
      <StorySection id="began" title={t("began")}>
        <div className="grid gap-3 lg:grid-cols-2">
          {origin ? <CauseCard title={t("firstClick")} cause={origin} taskId={task.id} /> : null}
          <CauseCard title={t("ownRequest")} cause={cause} taskId={task.id} />
        </div>
        <AboutLine story={story} />
      </StorySection>
      <StorySection id="attempts" title={t("attempts")}>
        <AttemptList attempts={attempts} total={task.attempts} />
      </StorySection>
      <StorySection id="next" title={t("next")}>
        <NextSteps story={story} renderedAt={renderedAt} />
      </StorySection>
      <StorySection id="effects" title={t("effects")}>
        <EffectList effects={effects} />
      </StorySection>
      <StorySection id="messages" title={t("messages")}>
        <MessageList messages={messages} messageId={task.messageId} />
      </StorySection>
      {related.length > 0 ? (
        <StorySection id="related" title={t("related")}>
          <RelatedTasks related={related} />
        </StorySection>
      ) : null}
      {audit.length > 0 ? (
        <StorySection id="audit" title={t("audit")}>
          <OperatorActions audit={audit} />
        </StorySection>
      ) : null}
      <StorySection id="facts" title={t("facts")}>
        <dl className="grid gap-3 text-sm">
          <Fact name={t("key")}>
            <span className="break-all">{task.key}</span>
          </Fact>
          <Fact name={t("generation")}>
            <span className="tabular">{task.generation}</span>
          </Fact>
          <Fact name={t("payload")}>
            {story.payload === null ? (
              <span className="text-muted">{t("payloadHidden")}</span>
            ) : (
              <pre className="mt-1 overflow-x-auto rounded-xl bg-ink/6 p-4 text-xs whitespace-pre-wrap [overflow-wrap:anywhere]">
                {JSON.stringify(story.payload, null, 2)}
              </pre>
            )}
          </Fact>
        </dl>
      </StorySection>
    </>
  );
}

const LINK =
  "inline-flex min-h-11 items-center underline decoration-line-strong underline-offset-4 hover:decoration-ink";

/** What the task is about, with links to it and to what was done with it. */
function AboutLine({ story: { about } }: { story: TaskStory }) {
  const t = useTranslations("taskStory");
  if (!about) return null;
  return (
    <p className="mt-3 flex flex-wrap items-center gap-x-5 text-sm">
      <span className="text-faint">{t("about")}</span>
      {about.kind === "order" ? (
        <>
          <Link href={`/orders/${about.id}`} className={LINK}>
            <span className="break-all">{t("order", { id: about.id })}</span>
          </Link>
          <span className="text-muted">{about.status}</span>
          <Link href={{ pathname: "/admin/audit", query: { subject: about.subject } }} className={LINK}>
            {t("orderLog")}
          </Link>
        </>
      ) : about.subject.startsWith("mint:") ? (
        <Link href={`/posts/${about.id}`} className={LINK}>
          <span className="break-all">{about.subject}</span>
        </Link>
      ) : (
        <span className="break-all text-muted">{about.subject}</span>
      )}
    </p>
  );
}
