// Saving the plan: one call, with the version that the page knows, so that nobody overwrites what another drew.

import { fill } from "./names.js";
import { faultsOf, toSaved } from "./plan.js";

export class Saving {
  constructor(editor, root) {
    Object.assign(this, { editor, busy: false });
    this.token = root.querySelector("[name=csrf_token]").value;
    // Asks before the page is left with something that is not saved.
    window.addEventListener("beforeunload", (event) => {
      if (!editor.history.isSaved) event.preventDefault();
    });
  }

  async save() {
    const { editor } = this;
    if (this.busy || editor.history.isSaved || !this.isNamed()) return;
    const sent = editor.history.plan;
    this.busy = true;
    editor.panel.render();
    const { saved, refused } = await this.send(sent);
    this.busy = false;
    if (saved) this.stored(saved, sent);
    else this.refused(refused);
    editor.render();
  }

  /** Whether every seat has a name of its own; says so where one has none. */
  isNamed() {
    const { config, names, notes, plan } = this.editor;
    const { unnamed, same } = faultsOf(plan);
    if (same.length) notes.show(fill(config.words.same_label, { seats: names.listed(same) }));
    else if (unnamed.size) notes.show(config.words.no_label);
    return !same.length && !unnamed.size;
  }

  /** Gives { saved } with what is stored now, or { refused } with why not; { refused: null } without an answer. */
  async send(plan) {
    const { config, version } = this.editor;
    try {
      const answer = await fetch(config.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify({ ...toSaved(plan), version }),
        redirect: "error",
      });
      const told = await answer.json().catch(() => ({}));
      return answer.ok ? { saved: told } : { refused: told };
    } catch {
      return { refused: null };
    }
  }

  stored(saved, sent) {
    const { editor } = this;
    const { words } = editor.config;
    editor.version = saved.version;
    editor.sold = saved.sold;
    editor.history.markSaved(sent);
    if (saved.not_kept_back.length) editor.notes.show(words.not_kept_back, { good: true, conflicts: saved.not_kept_back });
    else editor.notes.clear();
    editor.notes.say(words.saved);
  }

  refused(told) {
    const { editor } = this;
    const { words } = editor.config;
    editor.marked = new Set(told?.conflicts?.map((conflict) => conflict.seat) ?? told?.seats ?? []);
    editor.notes.show(told === null ? words.offline : told.message ?? words.not_saved, { items: told?.problems, conflicts: told?.conflicts });
  }
}
