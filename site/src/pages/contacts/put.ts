// The file on its way to the storage, with its progress; the browser's fetch does not tell how far it is.
import { ApiProblem, type Schemas } from "@/api/client";

export function putFile(
  link: Schemas["UploadLink"], file: File, onProgress: (share: number) => void, signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const failed = (detail: string) => reject(new ApiProblem({ status: request.status, title: "The file did not arrive", detail }));
    request.open("PUT", link.url);
    Object.entries(link.headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => (request.status < 300 ? resolve() : failed("The storage refused it. Choose the file again."));
    request.onerror = () => failed("The connection broke. Choose the file again.");
    signal.addEventListener("abort", () => {
      request.abort();
      reject(new DOMException("The upload was given up.", "AbortError"));
    });
    request.send(file);
  });
}
