interface Props {
  title: string;
  text: string;
}

/** In the place of what a page of the console could not read. */
export function UnavailableNote({ title, text }: Props) {
  return (
    <div role="alert" className="mt-10 rounded-2xl bg-danger-ground p-6 text-danger">
      <h2 className="display text-xl">{title}</h2>
      <p className="mt-2 max-w-[60ch]">{text}</p>
    </div>
  );
}
