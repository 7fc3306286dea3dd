import { Check, Minus, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Mark } from "@/app/_art/brand/mark";
import { cn } from "@/app/_ui/cn";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { OrderView } from "@/lib/schemas/order";
import { buildOrderSteps, type StepState } from "./build-order-steps";

interface Props {
  order: OrderView;
  renderedAt: number;
}

/** The progress of the order: past, current and future steps. */
export function OrderSteps({ order, renderedAt }: Props) {
  const t = useTranslations("order");
  return (
    <section aria-labelledby="steps">
      <h2 id="steps" className="text-sm font-semibold text-muted">
        {t("steps")}
      </h2>
      <ol className="mt-4 flex flex-col">
        {buildOrderSteps(order).map(({ key, name, state, at }) => (
          <li
            key={key}
            data-step={name}
            data-state={state}
            className="group/step relative grid grid-cols-[2rem_minmax(0,1fr)_auto] items-center gap-x-3 pb-4 last:pb-0"
          >
            <span
              aria-hidden="true"
              className={cn(
                "absolute top-4 bottom-[-1rem] left-[0.9375rem] w-0.5 group-last/step:hidden",
                state === "done" ? "bg-mark" : "bg-line",
              )}
            />
            <StepIndicator state={state} />
            <span
              className={cn(
                "font-medium",
                state === "waiting" || state === "skipped" ? "text-muted" : "text-ink",
              )}
            >
              {t(`stepNames.${name}`)}
            </span>
            <span className={cn("text-right text-sm", state === "stuck" ? "text-danger" : "text-muted")}>
              {at ? (
                <>
                  <span className="sr-only">{t("stepStates.done")}, </span>
                  <RelativeTime at={at} renderedAt={renderedAt} />
                </>
              ) : (
                t(name === "payment" && state === "stuck" ? "notPaid" : `stepStates.${state}`)
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const INDICATOR_CLASSES: Record<StepState, string> = {
  done: "bg-accent text-on-accent",
  active: "bg-ground ring-2 ring-mark",
  waiting: "bg-ground ring-2 ring-line-strong",
  skipped: "bg-ground ring-2 ring-line text-muted",
  stuck: "bg-danger-ground ring-2 ring-danger text-danger",
};

/** Filled when done, animated while in progress. */
function StepIndicator({ state }: { state: StepState }) {
  return (
    <span
      aria-hidden="true"
      className={cn(
        "relative flex size-8 items-center justify-center self-center rounded-full transition-colors duration-500",
        INDICATOR_CLASSES[state],
      )}
    >
      {state === "done" ? <Check className="size-4.5 animate-settle" strokeWidth={3} /> : null}
      {state === "active" ? <Mark animated className="size-5" /> : null}
      {state === "stuck" ? <X className="size-4.5" strokeWidth={3} /> : null}
      {state === "skipped" ? <Minus className="size-4" /> : null}
    </span>
  );
}
