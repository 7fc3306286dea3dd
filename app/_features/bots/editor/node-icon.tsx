import {
  Bell,
  CalendarClock,
  CircleStop,
  Coins,
  CornerDownRight,
  Gift,
  Globe,
  Link2,
  type LucideIcon,
  MessageCircleQuestionMark,
  MessageSquare,
  PenLine,
  RotateCcw,
  Split,
  Timer,
  Workflow,
} from "lucide-react";
import type { CSSProperties } from "react";
import { cn } from "@/app/_ui/cn";
import type { NodeKind } from "@/lib/schemas/workflow";

/** Icon and hue of each kind: one hue for talking, deciding, waiting, money, and what is outside of the bot. */
const KINDS: Readonly<Record<NodeKind, { icon: LucideIcon; hue: number }>> = {
  message: { icon: MessageSquare, hue: 285 },
  question: { icon: MessageCircleQuestionMark, hue: 320 },
  condition: { icon: Split, hue: 230 },
  setVariable: { icon: PenLine, hue: 230 },
  delay: { icon: Timer, hue: 190 },
  waitUntil: { icon: CalendarClock, hue: 190 },
  httpRequest: { icon: Globe, hue: 20 },
  spendBonuses: { icon: Coins, hue: 65 },
  creditBonuses: { icon: Gift, hue: 65 },
  linkAccount: { icon: Link2, hue: 20 },
  setNotifications: { icon: Bell, hue: 20 },
  callWorkflow: { icon: Workflow, hue: 160 },
  jump: { icon: CornerDownRight, hue: 160 },
  repeatQuestion: { icon: RotateCcw, hue: 320 },
  end: { icon: CircleStop, hue: 260 },
};

export const nodeHue = (kind: NodeKind): CSSProperties => ({ "--hue": KINDS[kind].hue }) as CSSProperties;

export function NodeIcon({ kind, className }: { kind: NodeKind; className?: string }) {
  const { icon: Icon } = KINDS[kind];
  return (
    <span
      className={cn(
        "tinted flex size-8 shrink-0 items-center justify-center rounded-lg bg-tint-strong text-tint-text",
        className,
      )}
      style={nodeHue(kind)}
    >
      <Icon className="size-4" aria-hidden="true" />
    </span>
  );
}
