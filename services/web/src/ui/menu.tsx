import type { LucideIcon } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { type ComponentProps, cloneElement, type ReactElement, type ReactNode, useState } from "react";
import { cn } from "./cn";

type MenuProps = { trigger: ReactElement<ComponentProps<"button">>; children: ReactNode };

/** A button's list of actions, which is made when somebody wants it: a long table has a button in every row. */
export function Menu({ trigger, children }: MenuProps) {
  const [isWanted, setWanted] = useState(false);
  if (!isWanted) {
    return cloneElement(trigger, {
      "aria-haspopup": "menu",
      "aria-expanded": false,
      onClick: () => setWanted(true),
      onKeyDown: (event) => {
        if (event.key !== "ArrowDown") return;
        event.preventDefault();
        setWanted(true);
      },
    });
  }
  return (
    <DropdownMenu.Root defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          className="z-50 min-w-44 rounded-xl border bg-surface p-1 shadow-lg"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

type MenuItemProps = {
  icon: LucideIcon;
  onSelect?: () => void;
  danger?: boolean;
  disabled?: boolean;
  asChild?: boolean;
  children: ReactNode;
};

export function MenuItem({ icon: Icon, onSelect, danger, disabled, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item
      {...(onSelect ? { onSelect } : {})}
      disabled={disabled ?? false}
      className={cn(
        "flex cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm outline-none select-none data-disabled:cursor-not-allowed data-disabled:opacity-50 data-highlighted:bg-sunken",
        danger && "text-danger",
      )}
    >
      <Icon className="size-4" aria-hidden />
      {children}
    </DropdownMenu.Item>
  );
}
