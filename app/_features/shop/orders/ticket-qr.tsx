import encodeQR from "qr";
import { cn } from "@/app/_ui/cn";

/** Modules of white around the code, without which scanners do not find it. */
const BORDER = 2;

/** A ticket's code as a QR code: always black on white, since scanners read no other. */
export function TicketQr({ code, label, className }: { code: string; label: string; className?: string }) {
  const rows = encodeQR(code, "raw", { ecc: "medium", border: BORDER });
  const path = rows
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${String(x)} ${String(y)}h1v1h-1z` : "")))
    .join("");
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${String(rows.length)} ${String(rows.length)}`}
      shapeRendering="crispEdges"
      className={cn("rounded-lg bg-white", className)}
    >
      <path fill="#000" d={path} />
    </svg>
  );
}
