import { cut } from "./random";

export interface Point {
  x: number;
  y: number;
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/**
 * A smooth closed curve: points are handles, the curve passes between them. `T` would be shorter,
 * but the Open Graph renderer and browsers disagree about its reflected handles.
 */
export function closedCurve(points: Point[]): string {
  const last = points.at(-1);
  const first = points[0];
  if (!last || !first) return "";
  const start = middle(last, first);
  let path = `M${cut(start.x)} ${cut(start.y)}`;
  points.forEach((point, i) => {
    const end = middle(point, points[(i + 1) % points.length] ?? first);
    path += `Q${cut(point.x)} ${cut(point.y)} ${cut(end.x)} ${cut(end.y)}`;
  });
  return `${path}Z`;
}

/** A smooth open curve through the middles of its points. */
export function openCurve(points: Point[]): string {
  const first = points[0];
  if (!first) return "";
  let path = `M${cut(first.x)} ${cut(first.y)}`;
  for (let i = 1; i < points.length - 1; i++) {
    const point = points[i];
    const next = points[i + 1];
    if (!point || !next) break;
    const end = middle(point, next);
    path += `Q${cut(point.x)} ${cut(point.y)} ${cut(end.x)} ${cut(end.y)}`;
  }
  return path;
}
