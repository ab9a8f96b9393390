import { Skeleton } from "@/ui/states";

/** The place of a table's first rows. */
export function WaitingRows() {
  return (
    <div className="border-t">
      <div className="h-9.25 border-b max-md:hidden" />
      {["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"].map((row) => (
        <div key={row} className="flex h-13.25 items-center gap-4 border-b px-5 last:border-b-0">
          <Skeleton className="h-4 w-36" />
          <div className="flex-1" />
          <Skeleton className="h-5 w-24 rounded-full" />
          <Skeleton className="h-4 w-40 max-md:hidden" />
        </div>
      ))}
    </div>
  );
}
