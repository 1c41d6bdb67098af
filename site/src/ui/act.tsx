// Doing something: told when it is done, told what to do when it is not, and everything it touched asked again.
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiProblem, isAboutRules, SESSION_ENDED, sentenceOf } from "@/api/client";
import { TextLink } from "./links";
import { RequestOf } from "./ProviderRequest";

const CLOSE = { "aria-label": "Close" };
/** There is only one toast about them, and following it puts it away. */
const RULES_TOAST = "calling-rules";

export function tellDone(message: string): void {
  notifications.show({ message, color: "teal", icon: <IconCheck size={18} />, autoClose: 6_000, closeButtonProps: CLOSE });
}

export function tellFailed(error: unknown, title?: string): void {
  // The sign-in page says it.
  if (error instanceof ApiProblem && error.status === SESSION_ENDED) return;
  const aboutRules = isAboutRules(error);
  notifications.show({
    title: title ?? (aboutRules ? "The calling rules are not confirmed" : error instanceof ApiProblem ? error.title : "That did not work"),
    message: aboutRules ? <>{sentenceOf(error)} <TextLink to="/settings" search={{ tab: "calling-rules" }} size="sm" onClick={() => notifications.hide(RULES_TOAST)}>To the calling rules</TextLink></> : <>{sentenceOf(error)}<RequestOf error={error} /></>,
    ...(aboutRules && { id: RULES_TOAST }),
    closeButtonProps: CLOSE,
    color: "red",
    icon: <IconAlertTriangle size={18} />,
    // What leads somewhere stays until it is closed.
    autoClose: aboutRules || (error instanceof ApiProblem && error.providerRequestId !== undefined) ? false : 10_000,
  });
}

interface ActOptions<A, R> {
  run: (argument: A) => Promise<R>;
  /** Sentence for the toast; none: the page shows it. */
  done?: string | ((result: R, argument: A) => string);
  /** Beginnings of the keys of what may have changed. */
  touches?: QueryKey[];
  then?: (result: R, argument: A) => void;
  /** Handles the error itself when it answers true, e.g. by marking fields. */
  failed?: (error: unknown, argument: A) => boolean;
}

export function useAct<A = void, R = unknown>({ run, done, touches = [], then, failed }: ActOptions<A, R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: (result, argument) => {
      const message = typeof done === "function" ? done(result, argument) : done;
      if (message) tellDone(message);
      then?.(result, argument);
    },
    onError: (error, argument) => {
      if (!failed?.(error, argument)) tellFailed(error);
    },
    onSettled: () => Promise.all(touches.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

/** Puts the API's field errors where the form shows them; whether any field was named. */
export function markFields(
  form: { setErrors: (errors: Record<string, string>) => void },
  error: unknown,
  rename: Record<string, string> = {},
): boolean {
  if (!(error instanceof ApiProblem) || error.fields.length === 0) return false;
  form.setErrors(Object.fromEntries(error.fields.map(({ field, message }) => [rename[field] ?? field, message])));
  return true;
}
