/** A table of which only the rows in view exist: a million scroll like ten. Pages are asked for as their rows come near. */

import {
  type ColumnDef,
  createColumnHelper,
  FlexRender,
  type Row as TableRow,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { cn } from "./cn";

/** Rows from the end at which the next page is asked for. */
const AHEAD = 30;

const features = tableFeatures({});

/** Makes the columns of a table of such rows. */
export function columnsOf<Row extends object>() {
  return createColumnHelper<typeof features, Row>();
}

type VirtualTableProps<Row extends object> = {
  label: string;
  columns: ColumnDef<typeof features, Row>[];
  /** How each column is laid out, by its id; the narrower the page, the fewer there are. */
  layout: Record<string, string>;
  rows: Row[];
  idOf: (row: Row) => string;
  /** Pixels of a usual row, and the class that gives it at least this height. */
  height: number;
  rowClass: string;
  /** What is shown is of the filter before. */
  isStale: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore: () => void;
  loadingMore: ReactNode;
};

export function VirtualTable<Row extends object>({
  label,
  columns,
  layout,
  rows: data,
  idOf,
  height,
  rowClass,
  isStale,
  hasMore,
  isLoadingMore,
  onMore,
  loadingMore,
}: VirtualTableProps<Row>) {
  const table = useTable({ features, columns, data, getRowId: idOf });
  const rows = table.getRowModel().rows;
  const body = useRef<HTMLDivElement>(null);
  const offset = useTop(body);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: 8,
    scrollMargin: offset,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (hasMore && !isLoadingMore && last >= rows.length - AHEAD) onMore();
  }, [hasMore, isLoadingMore, last, rows.length, onMore]);

  return (
    <div role="table" aria-label={label} aria-rowcount={rows.length + 1} aria-busy={isStale}>
      <div role="rowgroup">
        {table.getHeaderGroups().map((group) => (
          <div
            role="row"
            key={group.id}
            className="flex items-center gap-4 border-b px-5 py-2.5 text-xs font-medium text-muted max-md:hidden"
          >
            {group.headers.map((header) => (
              <div role="columnheader" key={header.id} className={layout[header.column.id]}>
                <table.FlexRender header={header} />
              </div>
            ))}
          </div>
        ))}
      </div>
      <div
        role="rowgroup"
        ref={body}
        className={cn("relative transition-opacity", isStale && "opacity-60")}
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <VirtualRow
                key={item.key}
                row={row}
                index={item.index}
                top={item.start - offset}
                className={rowClass}
                layout={layout}
                measure={virtual.measureElement}
              />
            )
          );
        })}
      </div>
      {isLoadingMore && <p className="border-t px-5 py-3 text-center text-xs text-muted">{loadingMore}</p>}
    </div>
  );
}

type VirtualRowProps<Row extends object> = {
  row: TableRow<typeof features, Row>;
  index: number;
  top: number;
  className: string;
  layout: Record<string, string>;
  measure: (element: HTMLElement | null) => void;
};

/** A row, which is drawn once: scrolling changes nothing of it. */
const VirtualRow = memo(function VirtualRow<Row extends object>(props: VirtualRowProps<Row>) {
  const { row, index, top, className, layout, measure } = props;
  return (
    <div
      role="row"
      ref={measure}
      data-index={index}
      aria-rowindex={index + 2}
      className={cn(
        "absolute inset-x-0 flex items-center gap-4 border-b px-5 py-3 transition-colors last:border-b-0 hover:bg-sunken/60",
        className,
      )}
      style={{ top }}
    >
      {row.getAllCells().map((cell) => (
        <div role="cell" key={cell.id} className={layout[cell.column.id]}>
          <FlexRender cell={cell} />
        </div>
      ))}
    </div>
  );
}) as <Row extends object>(props: VirtualRowProps<Row>) => ReactNode;

/** Pixels from the page's beginning to an element, whatever grows or shrinks above it. */
function useTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () =>
      setTop(Math.round((element.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}
