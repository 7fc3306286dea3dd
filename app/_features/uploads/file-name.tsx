/** The name of an upload, on one line, in the direction of its own letters. */
export function FileName({ name }: { name: string }) {
  return (
    <p dir="auto" className="truncate text-left font-semibold">
      {name}
    </p>
  );
}
