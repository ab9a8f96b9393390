import { type ClassValue, clsx } from "clsx";
import { twMerge } from "tailwind-merge";

/** Classes, of which the last of a kind counts. */
export function cn(...classes: ClassValue[]): string {
  return twMerge(clsx(classes));
}
