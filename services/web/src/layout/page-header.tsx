import { type ReactNode, useEffect } from "react";

type PageHeaderProps = { title: string; description?: ReactNode; above?: ReactNode; children?: ReactNode };

/** A page's name, which the browser's tab says, too, and what can be done on it. */
export function PageHeader({ title, description, above, children }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Belltower`;
  }, [title]);
  return (
    <div className="mb-6">
      {above}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <h1 dir="auto" className="text-left text-2xl font-semibold tracking-tight [overflow-wrap:anywhere]">
            {title}
          </h1>
          {description && <div className="mt-1 text-sm text-muted">{description}</div>}
        </div>
        {children && <div className="flex flex-wrap items-center gap-2">{children}</div>}
      </div>
    </div>
  );
}
