/** Occurrences of series in a span of time that are still to become campaigns. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Campaign } from "@/api/client";
import { calendarQuery } from "@/api/queries";
import { toCome } from "./events";

/** `made` are the campaigns of that span. */
export function useOccurrencesBetween(from: string, to: string, made: readonly Campaign[]) {
  const read = useQuery({ ...calendarQuery(from, to), enabled: from !== "" });
  const items = useMemo(() => toCome(read.data?.items ?? [], made), [read.data, made]);
  return { items, isLoading: read.isPending || read.isPlaceholderData, error: read.error };
}
