import type { ReactNode } from "react";
import { cn } from "./cn";

export interface TableColumn {
  heading: string;
  /** Narrow screens leave it out. */
  wide?: boolean;
}

export interface NumberTableProps {
  /** Of the table, for screen readers. */
  label: string;
  /** The first is the rows' names, at the left; the others are at the right. */
  columns: readonly TableColumn[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
  className?: string;
}

/** Rows of numbers under their headings. Numbers stand beside the first line of their row's name. */
export function NumberTable({ label, columns, rows, className }: NumberTableProps) {
  return (
    <table aria-label={label} className={cn("mt-4 w-full text-sm", className)}>
      <thead>
        <tr className="border-b border-line text-right text-xs text-muted">
          {columns.map(({ heading, wide }, index) => (
            <th
              key={heading}
              scope="col"
              className={cn(
                "py-2 font-medium",
                index === 0 ? "pr-2 text-left" : "pl-3",
                wide && "max-md:hidden",
              )}
            >
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="align-baseline">
        {rows.map(({ key, cells: [first, ...cells] }) => (
          <tr key={key} className="border-b border-line text-right">
            <th scope="row" className="py-2 pr-2 text-left font-normal [overflow-wrap:anywhere]">
              {first}
            </th>
            {cells.map((cell, index) => {
              const column = columns[index + 1];
              return (
                <td
                  key={column?.heading ?? index}
                  className={cn("tabular py-2 pl-3 whitespace-nowrap", column?.wide && "max-md:hidden")}
                >
                  {cell}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
