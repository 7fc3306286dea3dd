import { cva, type VariantProps } from "class-variance-authority";
import { type ComponentProps, cloneElement, isValidElement } from "react";
import { cn } from "./cn";

export const buttonVariants = cva(
  [
    "inline-flex items-center justify-center gap-2 rounded-full font-semibold whitespace-nowrap",
    "transition-[background-color,color,border-color,transform] duration-150 active:translate-y-px",
    "disabled:opacity-55 aria-disabled:opacity-55 [&_svg]:shrink-0",
  ],
  {
    variants: {
      look: {
        primary: "bg-accent text-on-accent hover:bg-[oklch(0.92_0.19_122)]",
        quiet: "border border-line-strong text-ink hover:border-ink hover:bg-raised",
        plain: "text-muted hover:text-ink hover:bg-raised",
        danger: "border border-danger/60 text-danger hover:bg-danger-ground",
      },
      size: {
        small: "min-h-9 px-4 text-sm",
        normal: "min-h-11 px-5 text-[0.9375rem]",
        large: "min-h-13 px-7 text-base",
        icon: "size-11",
      },
    },
    defaultVariants: { look: "primary", size: "normal" },
  },
);

type Props = ComponentProps<"button"> &
  VariantProps<typeof buttonVariants> & {
    /** The child, a link, is the button. */
    asChild?: boolean;
  };

export function Button({
  look,
  size,
  asChild = false,
  className,
  children,
  type = "button",
  ...rest
}: Props) {
  const classes = cn(buttonVariants({ look, size }), className);
  if (asChild && isValidElement<{ className?: string }>(children))
    return cloneElement(children, { ...rest, className: cn(classes, children.props.className) });
  return (
    <button type={type} className={classes} {...rest}>
      {children}
    </button>
  );
}
