// What was drawn, step by step. Plans are never changed in place, so a step is the plan itself.

const STEPS_MAX = 300;

export class History {
  constructor(plan) {
    this.steps = [plan];
    this.at = 0;
    this.saved = plan;
  }

  get plan() {
    return this.steps[this.at];
  }

  get isSaved() {
    return this.plan === this.saved;
  }

  get canUndo() {
    return this.at > 0;
  }

  get canRedo() {
    return this.at < this.steps.length - 1;
  }

  push(plan) {
    if (plan === this.plan) return;
    this.steps = [...this.steps.slice(0, this.at + 1), plan].slice(-STEPS_MAX);
    this.at = this.steps.length - 1;
  }

  undo() {
    this.at = Math.max(0, this.at - 1);
  }

  redo() {
    this.at = Math.min(this.steps.length - 1, this.at + 1);
  }

  /** The plan that was sent is stored now; what was drawn meanwhile is not. */
  markSaved(plan) {
    this.saved = plan;
  }
}
