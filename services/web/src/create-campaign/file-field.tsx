/** A file of people: dropped or chosen, sent with its progress shown, then read as somebody wants it read. */

import { type UseQueryResult, useQueryClient } from "@tanstack/react-query";
import { FileSpreadsheet, RotateCw, Upload, X } from "lucide-react";
import { type ComponentType, useEffect, useId, useRef, useState } from "react";
import { type FileRejection, useDropzone } from "react-dropzone";
import { useController, useFormContext, useWatch } from "react-hook-form";
import { newIdempotencyKey, type Schemas } from "@/api/client";
import { importQuery, noticeEndOfSession } from "@/api/queries";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { FieldError } from "@/ui/field";
import { Skeleton } from "@/ui/states";
import { percent, size } from "@/words/amounts";
import { problemsSaid } from "@/words/campaign-problems";
import { quoted } from "@/words/quoted";
import { FileContents, type FileContentsProps } from "./file-contents";
import { type Draft, readingOf } from "./form";
import { uploadFile } from "./upload";

const TYPES = {
  "text/csv": [".csv"],
  "text/plain": [".txt"],
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": [".xlsx"],
};

type Sending = { file: File; share: number };
type Refused = { file: File | null; message: string };

type FileFieldProps = {
  analysis: UseQueryResult<Schemas["ContactImport"]>;
  /** Shows what was found in it. */
  Contents?: ComponentType<FileContentsProps>;
};

/** For a form that has a `file` and a `country`. */
export function FileField({ analysis, Contents = FileContents }: FileFieldProps) {
  const { control, formState } = useFormContext<Draft>();
  const { field } = useController({ control, name: "file" });
  const country = useWatch({ control, name: "country" });
  const client = useQueryClient();
  const [sending, setSending] = useState<Sending | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const abort = useRef<AbortController | null>(null);
  const errorId = useId();

  useEffect(() => () => abort.current?.abort(), []);

  async function send(file: File) {
    abort.current?.abort();
    const sent = new AbortController();
    abort.current = sent;
    setRefused(null);
    setSending({ file, share: 0 });
    try {
      const found = await uploadFile({
        file,
        country,
        key: newIdempotencyKey(),
        onProgress: (share) => setSending({ file, share }),
        signal: sent.signal,
      });
      const chosen = {
        id: found.id,
        filename: found.filename,
        size: found.size,
        phoneColumn: null,
        columns: {},
      };
      client.setQueryData(importQuery(readingOf(chosen, country)).queryKey, found);
      field.onChange(chosen);
    } catch (reason) {
      if (sent.signal.aborted) return;
      noticeEndOfSession(reason);
      setRefused({ file, message: problemsSaid(reason)[0]?.message ?? "" });
    } finally {
      if (abort.current === sent) setSending(null);
    }
  }

  function refuse([rejection]: FileRejection[]) {
    if (rejection === undefined) return;
    const isMany = rejection.errors.some(({ code }) => code === "too-many-files");
    setRefused({
      file: null,
      message: isMany
        ? "Drop one file: there is one list."
        : `${quoted(rejection.file.name)} is of a type that is not read here. Save it as .csv, .txt or .xlsx.`,
    });
  }

  const drop = useDropzone({
    accept: TYPES,
    multiple: false,
    noClick: true,
    noKeyboard: true,
    onDropAccepted: ([file]) => file && void send(file),
    onDropRejected: refuse,
  });
  const problem = refused?.message ?? formState.errors.file?.message;

  return (
    <div className="flex flex-col gap-3">
      <div
        {...drop.getRootProps()}
        className={cn(
          "rounded-lg border border-dashed border-line-strong px-4 transition-colors",
          drop.isDragActive && "border-focus bg-blue-soft",
          problem && "border-danger",
          field.value && !sending ? "py-3" : "py-6",
        )}
      >
        <input {...drop.getInputProps({ "aria-label": "File of phone numbers" })} />
        {sending ? (
          <Progress {...sending} onCancel={() => abort.current?.abort()} onGone={() => setSending(null)} />
        ) : field.value ? (
          <div className="flex items-center gap-3">
            <FileSpreadsheet className="size-5 shrink-0 text-muted" aria-hidden />
            <div className="min-w-0 flex-1">
              <p className="truncate text-sm font-medium">{field.value.filename}</p>
              <p className="text-xs text-muted">{size(field.value.size)}</p>
            </div>
            <Button size="small" onClick={drop.open} ref={field.ref}>
              Replace
            </Button>
            <Button
              size="icon"
              variant="quiet"
              aria-label={`Remove ${field.value.filename}`}
              onClick={() => field.onChange(null)}
            >
              <X aria-hidden />
            </Button>
          </div>
        ) : (
          <div className="flex flex-col items-center gap-2 text-center">
            <Upload className="size-6 text-muted" aria-hidden />
            <p className="text-sm text-muted">
              {drop.isDragActive ? "Drop it here." : "Drop a file here: .csv, .txt or .xlsx."}
            </p>
            <Button
              size="small"
              onClick={drop.open}
              ref={field.ref}
              aria-describedby={problem ? errorId : undefined}
            >
              Choose a file
            </Button>
          </div>
        )}
      </div>
      {problem && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <FieldError id={errorId}>{problem}</FieldError>
          {refused?.file && (
            <Button size="small" onClick={() => refused.file && void send(refused.file)}>
              <RotateCw aria-hidden /> Try again
            </Button>
          )}
        </div>
      )}
      {field.value &&
        !sending &&
        (analysis.data ? (
          <Contents file={field.value} found={analysis.data} onChange={field.onChange} />
        ) : analysis.isError ? null : (
          <Skeleton className="h-40" />
        ))}
      {field.value && !sending && analysis.isError && (
        <FieldError>{problemsSaid(analysis.error)[0]?.message}</FieldError>
      )}
    </div>
  );
}

type ProgressProps = Sending & { onCancel: () => void; onGone: () => void };

function Progress({ file, share, onCancel, onGone }: ProgressProps) {
  const isReading = share >= 1;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className="min-w-0 truncate font-medium">{file.name}</span>
        <span className="shrink-0 text-xs text-muted tabular-nums">
          {isReading ? "Reading it" : `${percent(share)} of ${size(file.size)}`}
        </span>
      </div>
      <div
        role="progressbar"
        aria-label={`Upload of ${file.name}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-sunken"
      >
        <div
          className={cn("h-full rounded-full bg-blue transition-[width]", isReading && "animate-pulse")}
          style={{ width: `${share * 100}%` }}
        />
      </div>
      <Button
        size="small"
        variant="quiet"
        className="self-end"
        onClick={() => {
          onCancel();
          onGone();
        }}
      >
        Cancel the upload
      </Button>
    </div>
  );
}
