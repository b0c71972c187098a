// Saving the plan: one call, with the version that the page knows, so that nobody overwrites what another drew.

import { toSaved } from "./plan.js";

/** Sends the plan. Gives { saved } with what is stored now, or { refused } with why not; { refused: null } without an answer. */
export async function save(url, token, plan, version) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ ...toSaved(plan), version }),
      redirect: "error",
    });
    const told = await answer.json().catch(() => ({}));
    return answer.ok ? { saved: told } : { refused: told };
  } catch {
    return { refused: null };
  }
}

/** Asks before the page is left with something that is not saved. */
export function warnWhile(isUnsaved) {
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved()) event.preventDefault();
  });
}
