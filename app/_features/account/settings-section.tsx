import type { ReactNode, Ref } from "react";
import { cn } from "@/app/_ui/cn";

interface Props {
  id: string;
  title: string;
  text?: ReactNode;
  children: ReactNode;
  className?: string;
  /** For the focus, when what had it is gone. */
  headingRef?: Ref<HTMLHeadingElement>;
}

/** One section of the settings: title and text on one side, controls on the other. */
export function SettingsSection({ id, title, text, children, className, headingRef }: Props) {
  return (
    <section
      aria-labelledby={id}
      className={cn(
        "grid gap-x-12 gap-y-5 border-t border-line py-8 first-of-type:border-0 first-of-type:pt-2 lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)] lg:py-10",
        className,
      )}
    >
      <div>
        <h2
          id={id}
          ref={headingRef}
          tabIndex={headingRef ? -1 : undefined}
          className="text-lg font-semibold outline-offset-8"
        >
          {title}
        </h2>
        {text ? <div className="mt-1.5 max-w-[46ch] text-sm text-pretty text-muted">{text}</div> : null}
      </div>
      <div className="min-w-0 max-w-120">{children}</div>
    </section>
  );
}
