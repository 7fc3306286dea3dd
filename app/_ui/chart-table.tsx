import { cn } from "./cn";
import { NumberTable, type NumberTableProps } from "./number-table";

/** What a chart draws, as a table that opens: for screen readers, and for who wants to know exactly. */
export function ChartTable({ label, className, ...table }: NumberTableProps) {
  return (
    <details className="mt-3 text-sm">
      <summary className="w-max py-3 text-muted underline underline-offset-4">{label}</summary>
      <NumberTable label={label} className={cn("mt-2", className)} {...table} />
    </details>
  );
}
