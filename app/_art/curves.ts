import { roundCoordinate } from "./random";

export interface Point {
  x: number;
  y: number;
}

function midpoint(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/**
 * A smooth closed curve with `points` as control points; it passes through their midpoints. `T` would be
 * shorter, but the Open Graph renderer and browsers disagree about its reflected control points.
 */
export function closedCurve(points: Point[]): string {
  const last = points.at(-1);
  const first = points[0];
  if (!last || !first) return "";
  const start = midpoint(last, first);
  let path = `M${roundCoordinate(start.x)} ${roundCoordinate(start.y)}`;
  points.forEach((point, i) => {
    const end = midpoint(point, points[(i + 1) % points.length] ?? first);
    path += `Q${roundCoordinate(point.x)} ${roundCoordinate(point.y)} ${roundCoordinate(end.x)} ${roundCoordinate(end.y)}`;
  });
  return `${path}Z`;
}

/** A smooth open curve with `points` as control points; it starts at the first one. */
export function openCurve(points: Point[]): string {
  const first = points[0];
  if (!first) return "";
  let path = `M${roundCoordinate(first.x)} ${roundCoordinate(first.y)}`;
  for (let i = 1; i < points.length - 1; i++) {
    const point = points[i];
    const next = points[i + 1];
    if (!point || !next) break;
    const end = midpoint(point, next);
    path += `Q${roundCoordinate(point.x)} ${roundCoordinate(point.y)} ${roundCoordinate(end.x)} ${roundCoordinate(end.y)}`;
  }
  return path;
}
