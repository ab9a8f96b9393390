import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn";

const button = cva(
  "inline-flex shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-lg font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-accent text-on-accent hover:bg-accent/85",
        scheduled: "bg-[#6d28d9] text-white hover:bg-[#5b21b6]",
        secondary: "border border-line bg-surface text-ink shadow-xs hover:bg-sunken",
        quiet: "text-muted hover:bg-sunken hover:text-ink",
        danger: "border border-line bg-surface text-danger shadow-xs hover:bg-danger-soft",
      },
      size: {
        small: "h-8 px-2.5 text-sm [&_svg]:size-4",
        medium: "h-10 px-4 text-sm [&_svg]:size-4",
        icon: "size-9 [&_svg]:size-4.5",
      },
    },
    defaultVariants: { variant: "secondary", size: "medium" },
  },
);

type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof button> & {
    /** Renders the child instead, a link for example, with the looks of a button. */
    asChild?: boolean;
    /** Shows that its work goes on; it cannot be pressed meanwhile. */
    busy?: boolean;
  };

export function Button({
  className,
  variant,
  size,
  asChild = false,
  busy = false,
  disabled,
  children,
  ...rest
}: ButtonProps) {
  if (asChild)
    return (
      <Slot.Root className={cn(button({ variant, size }), className)} {...rest}>
        {children}
      </Slot.Root>
    );
  return (
    <button
      type="button"
      className={cn(button({ variant, size }), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </button>
  );
}
