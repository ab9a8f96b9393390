/** Sends a file of contacts. `fetch` does not tell how far an upload is; XMLHttpRequest does. */

import { ApiProblem, asProblem, offline, type Schemas } from "@/api/client";

export type Upload = {
  file: File;
  country: string;
  key: string;
  /** Bytes that have left, as a share of all. */
  onProgress: (share: number) => void;
  signal: AbortSignal;
};

/** What is in the file. Throws `ApiProblem`; an upload that is aborted rejects with an `AbortError`. */
export function uploadFile({
  file,
  country,
  key,
  onProgress,
  signal,
}: Upload): Promise<Schemas["ContactImport"]> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file);
    form.append("default_country", country);
    request.open("POST", "/api/imports");
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status === 201) resolve(body as Schemas["ContactImport"]);
      else reject(new ApiProblem(asProblem(body), new Response(null, { status: request.status })));
    };
    request.onerror = () => reject(offline());
    request.onabort = () => reject(new DOMException("The upload was given up.", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
